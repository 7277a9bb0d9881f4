import SMTPSecurity

/// Writes frames.
enum FrameEncoder {
    /// Appends a frame; several where a client sent more at once than fits into one.
    static func append(_ frame: RecordedFrame, to octets: inout [UInt8]) {
        switch frame.content {
        case .begin(let client, let local, let profile):
            var payload: [UInt8] = []
            append(client, to: &payload)
            append(local, to: &payload)
            append(text: profile, limit: 1_024, to: &payload)
            append(.begin, payload[...], of: frame, to: &octets)
        case .cut(let reason):
            append(.cut, [reason.rawValue], of: frame, to: &octets)
        case .event(let event):
            append(event, of: frame, to: &octets)
        }
    }

    private static func append(_ event: TapeEvent.Content, of frame: RecordedFrame, to octets: inout [UInt8]) {
        var payload: [UInt8] = []
        switch event {
        case .client(let part, let all, let isEnd):
            var rest = all[...]
            repeat {
                let piece = rest.prefix(RecordingFormat.mostClientOctets)
                rest = rest.dropFirst(piece.count)
                append(FrameKind(part), piece, isEnd: isEnd && rest.isEmpty, of: frame, to: &octets)
            } while !rest.isEmpty
        case .reply(let reply):
            append(reply, to: &payload)
            append(.reply, payload[...], of: frame, to: &octets)
        case .upstreamConnected: append(.upstreamConnected, [], of: frame, to: &octets)
        case .upstreamReply(let reply, let command):
            append(command: command, to: &payload)
            append(reply, to: &payload)
            append(.upstreamReply, payload[...], of: frame, to: &octets)
        case .upstreamFailed(let failure, let command):
            append(command: command, to: &payload)
            append(failure, to: &payload)
            append(.upstreamFailure, payload[...], of: frame, to: &octets)
        case .unread(let count):
            payload.append(word: UInt32(clamping: count))
            append(.unread, payload[...], of: frame, to: &octets)
        case .tlsEstablished: append(.tlsEstablished, [], of: frame, to: &octets)
        case .disconnected: append(.disconnected, [], of: frame, to: &octets)
        case .closed: append(.closed, [], of: frame, to: &octets)
        }
    }

    private static func append(
        _ kind: FrameKind, _ payload: ArraySlice<UInt8>, isEnd: Bool = false, of frame: RecordedFrame,
        to octets: inout [UInt8]
    ) {
        let start = octets.count
        octets += [kind.rawValue, isEnd ? 1 : 0, 0, 0]
        octets.append(word: UInt32(payload.count))
        octets.append(word: frame.session.rawValue)
        octets.append(word: UInt64(bitPattern: frame.time.nanoseconds))
        octets += payload
        octets.append(word: CRC32.checksum(octets[start...]))
    }

    // MARK: Parts of payloads

    private static func append(_ endpoint: Endpoint, to octets: inout [UInt8]) {
        switch endpoint.address {
        case .v4(let address):
            octets.append(4)
            octets += [UInt8](repeating: 0, count: 12)
            octets.append(word: address.byteSwapped)
        case .v6(let high, let low):
            octets.append(6)
            octets.append(word: high.byteSwapped)
            octets.append(word: low.byteSwapped)
        }
        octets.append(word: endpoint.port)
    }

    private static func append(text: String, limit: Int, to octets: inout [UInt8]) {
        var utf8 = Array(text.utf8.prefix(limit))
        // Half a character is none.
        while !utf8.isEmpty, String(validating: utf8, as: UTF8.self) == nil { utf8.removeLast() }
        octets.append(word: UInt16(utf8.count))
        octets += utf8
    }

    private static func append(command: [UInt8], to octets: inout [UInt8]) {
        let command = command.prefix(RecordingFormat.mostText)
        octets.append(word: UInt16(command.count))
        octets += command
    }

    private static func append(_ reply: Reply, to octets: inout [UInt8]) {
        octets.append(word: reply.code)
        octets.append(reply.enhancedStatus?.statusClass ?? 0)
        octets.append(word: reply.enhancedStatus?.subject ?? 0)
        octets.append(word: reply.enhancedStatus?.detail ?? 0)
        var kept = 0
        let lines = reply.lines.prefix(256).prefix { line in
            kept += min(line.utf8.count, 4_096)
            return kept <= RecordingFormat.mostText
        }
        octets.append(word: UInt16(lines.count))
        for line in lines { append(text: line, limit: 4_096, to: &octets) }
    }

    private static func append(_ failure: UpstreamSession.Failure, to octets: inout [UInt8]) {
        switch failure {
        case .connectFailed(let reason):
            octets.append(1)
            append(text: reason.description, limit: 1_024, to: &octets)
        case .closed: octets.append(2)
        case .timedOut: octets.append(3)
        case .malformedReply(let error):
            octets.append(4)
            octets.append(UInt8(ReplyParseError.allCases.firstIndex(of: error) ?? 0))
        case .unsolicitedReply(let reply):
            octets.append(5)
            append(reply, to: &octets)
        }
    }
}
