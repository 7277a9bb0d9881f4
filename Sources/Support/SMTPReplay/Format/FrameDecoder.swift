import SMTPSecurity

/// Reads the payload of a frame whose checksum is right; even so everything in it is looked at.
struct FrameDecoder {
    private let octets: [UInt8]
    private let file: String
    /// Where the payload begins in the file.
    private let start: UInt64
    private var index = 0

    init(_ payload: [UInt8], file: String, at start: UInt64) {
        octets = payload
        self.file = file
        self.start = start
    }

    /// What a frame of this kind says.
    mutating func content(_ kind: FrameKind, isEnd: Bool) throws(RecordingError) -> RecordedFrame.Content {
        let content = try read(kind, isEnd: isEnd)
        guard index == octets.count else {
            throw damaged("\(octets.count - index) octets more", "the end of the payload")
        }
        return content
    }

    private mutating func read(_ kind: FrameKind, isEnd: Bool) throws(RecordingError) -> RecordedFrame.Content {
        switch kind {
        case .begin: .begin(client: try endpoint(), local: try endpoint(), profile: try text(limit: 1_024))
        case .cut: .cut(try reason())
        case .line: .event(.client(.line, try rest(), isEnd: isEnd))
        case .response: .event(.client(.response, try rest(), isEnd: isEnd))
        case .message: .event(.client(.message, try rest(), isEnd: isEnd))
        case .reply: .event(.reply(try reply()))
        case .upstreamConnected: .event(.upstreamConnected)
        case .upstreamReply:
            // The command is first.
            try upstreamReply()
        case .upstreamFailure: try upstreamFailure()
        case .unread: .event(.unread(Int(try word("a number of octets") as UInt32)))
        case .tlsEstablished: .event(.tlsEstablished)
        case .disconnected: .event(.disconnected)
        case .closed: .event(.closed)
        }
    }

    private mutating func upstreamReply() throws(RecordingError) -> RecordedFrame.Content {
        let command = try command()
        return .event(.upstreamReply(try reply(), to: command))
    }

    private mutating func upstreamFailure() throws(RecordingError) -> RecordedFrame.Content {
        let command = try command()
        return .event(.upstreamFailed(try failure(), after: command))
    }

    // MARK: Parts of payloads

    private func damaged(_ found: String, _ wanted: String) -> RecordingError {
        RecordingError(file: file, offset: start + UInt64(index), found: found, wanted: wanted)
    }

    private mutating func take(_ count: Int, _ what: String) throws(RecordingError) -> [UInt8] {
        guard octets.count - index >= count else {
            throw damaged("\(octets.count - index) octets", "\(what) of \(count) octets")
        }
        defer { index += count }
        return Array(octets[index..<index + count])
    }

    private mutating func word<Word: FixedWidthInteger & UnsignedInteger>(
        _ what: String
    ) throws(RecordingError) -> Word { try take(Word.bitWidth / 8, what).word(at: 0) }

    private mutating func rest() throws(RecordingError) -> [UInt8] {
        guard octets.count <= RecordingFormat.mostClientOctets else {
            throw damaged("\(octets.count) octets", "at most \(RecordingFormat.mostClientOctets)")
        }
        return try take(octets.count - index, "what the client sent")
    }

    private mutating func reason() throws(RecordingError) -> CutReason {
        let number: UInt8 = try word("a reason")
        guard let reason = CutReason(rawValue: number) else {
            index -= 1
            throw damaged("reason \(number)", "one of 1 to \(CutReason.allCases.count)")
        }
        return reason
    }

    private mutating func endpoint() throws(RecordingError) -> Endpoint {
        let family: UInt8 = try word("an address family")
        guard family == 4 || family == 6 else {
            index -= 1
            throw damaged("address family \(family)", "4 or 6")
        }
        let address = try take(16, "an address")
        let (high, low): (UInt64, UInt64) = (address.word(at: 0), address.word(at: 8))
        let port: UInt16 = try word("a port")
        let v6 = IPAddress.v6(high.byteSwapped, low.byteSwapped)
        return Endpoint(family == 4 ? .v4(UInt32(truncatingIfNeeded: low.byteSwapped)) : v6, port: port)
    }

    private mutating func text(limit: Int) throws(RecordingError) -> String {
        let count: UInt16 = try word("the length of a text")
        guard Int(count) <= limit else {
            index -= 2
            throw damaged("a text of \(count) octets", "one of at most \(limit)")
        }
        let utf8 = try take(Int(count), "a text")
        guard let text = String(validating: utf8, as: UTF8.self) else {
            index -= utf8.count
            throw damaged(RecordingError.shown(utf8[...]), "a text in UTF-8")
        }
        return text
    }

    private mutating func command() throws(RecordingError) -> [UInt8] {
        let count: UInt16 = try word("the length of a command")
        guard Int(count) <= RecordingFormat.mostText else {
            index -= 2
            throw damaged("a command of \(count) octets", "one of at most \(RecordingFormat.mostText)")
        }
        return try take(Int(count), "a command")
    }

    private mutating func reply() throws(RecordingError) -> Reply {
        let code: UInt16 = try word("a reply code")
        guard (200..<600).contains(code) else {
            index -= 2
            throw damaged("reply code \(code)", "one of 200 to 599")
        }
        let statusClass: UInt8 = try word("a status class")
        let (subject, detail): (UInt16, UInt16) = (try word("a status subject"), try word("a status detail"))
        guard statusClass < 10, subject < 1_000, detail < 1_000 else {
            index -= 5
            throw damaged("status \(statusClass).\(subject).\(detail)", "at most 9.999.999")
        }
        let count: UInt16 = try word("a number of lines")
        guard (1...256).contains(count) else {
            index -= 2
            throw damaged("\(count) lines", "1 to 256")
        }
        var lines: [String] = []
        for _ in 0..<count { lines.append(try text(limit: 4_096)) }
        let status = statusClass == 0 ? nil : EnhancedStatusCode(statusClass, subject, detail)
        return Reply(code, status, lines: lines)
    }

    private mutating func failure() throws(RecordingError) -> UpstreamSession.Failure {
        let kind: UInt8 = try word("a failure")
        switch kind {
        case 1: return .connectFailed(Evidence(try text(limit: 1_024)))
        case 2: return .closed
        case 3: return .timedOut
        case 4:
            let number: UInt8 = try word("what is wrong with a reply")
            guard Int(number) < ReplyParseError.allCases.count else {
                index -= 1
                throw damaged("number \(number)", "one below \(ReplyParseError.allCases.count)")
            }
            return .malformedReply(ReplyParseError.allCases[Int(number)])
        case 5: return .unsolicitedReply(try reply())
        default:
            index -= 1
            throw damaged("failure \(kind)", "one of 1 to 5")
        }
    }
}
