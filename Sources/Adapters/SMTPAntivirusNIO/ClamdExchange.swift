import NIOCore
import SMTPAntivirus

/// A sample sent to clamd by `INSTREAM`, and the answer.
struct ClamdExchange: ScannerExchange {
    private(set) var outcome: ScannerOutcome?

    private let sample: ScanSample
    /// The number of the command in its session; `nil` without a session.
    private let number: Int?
    private var offset = 0
    private var isBegun = false
    private var isSent = false
    private var line = ClamdReplyLine()

    /// - Parameter number: the number of the command in its session, from 1; `nil` without a session.
    init(_ sample: ScanSample, number: Int?) {
        self.sample = sample
        self.number = number
    }

    mutating func nextOutput() -> ByteBuffer? {
        guard outcome == nil, !isSent else { return nil }
        var piece = ByteBuffer()
        if !isBegun {
            isBegun = true
            if number == 1 { piece.writeString("zIDSESSION\0") }
            piece.writeString("zINSTREAM\0")
        }
        // Room for the length of this chunk and for the empty one at the end.
        let count = min(sample.octets.count - offset, ScannerOutcome.pieceSize - piece.readableBytes - 8)
        if count > 0 {
            piece.writeInteger(UInt32(count))
            piece.writeBytes(sample.octets[offset..<(offset + count)])
            offset += count
        }
        if offset == sample.octets.count {
            piece.writeInteger(UInt32(0))
            isSent = true
        }
        return piece
    }

    mutating func receive(_ input: ByteBuffer) {
        var input = input
        if outcome == nil {
            line.take(from: &input)
            if line.isTooLong {
                outcome = .unavailable("clamd's answer is too long")
            } else if line.isComplete {
                outcome = conclude(line.octets[...])
            }
        }
        if input.readableBytes > 0, let outcome { self.outcome = outcome.spoiled }
    }

    mutating func end(_ reason: UnscannedReason) {
        if outcome == nil { outcome = ScannerOutcome(reply: .failure(reason)) }
    }

    private func conclude(_ line: ArraySlice<UInt8>) -> ScannerOutcome {
        var answer = line
        if let number {
            let prefix = Array("\(number): ".utf8)
            guard answer.starts(with: prefix) else {
                return .unavailable("clamd's answer belongs to another command: \(String(printable: line))")
            }
            answer = answer.dropFirst(prefix.count)
        }
        if answer.ends(with: " ERROR") { return failure(answer.dropLast(6)) }
        let stream = Array("stream: ".utf8)
        guard answer.starts(with: stream) else {
            return .unavailable("clamd's answer is not understood: \(String(printable: line))")
        }
        answer = answer.dropFirst(stream.count)
        let verdict: ScanVerdict
        if answer.elementsEqual("OK".utf8) {
            verdict = .clean
        } else if answer.ends(with: " FOUND"), answer.count > 6 {
            verdict = ScanVerdict(clamAVSignature: String(printable: answer.dropLast(6)))
        } else {
            return .unavailable("clamd's answer is not understood: \(String(printable: line))")
        }
        guard isSent else { return .unavailable("clamd answers before it has the sample") }
        return ScannerOutcome(reply: .verdict(verdict, signatureVersion: nil), isReusable: number != nil)
    }

    /// clamd closes the connection after most of these, so it is not used again after any.
    private func failure(_ text: ArraySlice<UInt8>) -> ScannerOutcome {
        let shown = String(printable: text)
        let lowered = shown.lowercased()
        if lowered.hasPrefix("instream size limit exceeded") {
            return ScannerOutcome(reply: .failure(.tooLarge))
        }
        let isLate = ["time limit", "timed out", "timeout", "time out"].contains { lowered.contains($0) }
        return ScannerOutcome(reply: .failure(isLate ? .deadline : .unavailable("clamd: \(shown)")))
    }
}

extension ArraySlice<UInt8> {
    /// Whether these are the last octets.
    fileprivate func ends(with text: String) -> Bool {
        suffix(text.utf8.count).elementsEqual(text.utf8)
    }
}
