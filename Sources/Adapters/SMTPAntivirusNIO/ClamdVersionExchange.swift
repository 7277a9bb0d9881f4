import NIOCore
import SMTPAntivirus

/// clamd asked what it is, outside of a session.
struct ClamdVersionExchange: ScannerExchange {
    private(set) var outcome: ScannerOutcome?

    private var isSent = false
    private var line = ClamdReplyLine()

    mutating func nextOutput() -> ByteBuffer? {
        guard outcome == nil, !isSent else { return nil }
        isSent = true
        return ByteBuffer(string: "zVERSION\0")
    }

    mutating func receive(_ input: ByteBuffer) {
        var input = input
        if outcome == nil {
            line.take(from: &input)
            if line.isTooLong {
                outcome = .unavailable("clamd's answer is too long")
            } else if line.isComplete {
                let answer = String(printable: line.octets)
                outcome =
                    if !isSent {
                        .unavailable("clamd answers before it is asked")
                    } else if let version = ClamdVersion(parsing: line.octets) {
                        ScannerOutcome(reply: .version(version))
                    } else {
                        .unavailable("clamd's version is not understood: \(answer)")
                    }
            }
        }
        if input.readableBytes > 0, let outcome { self.outcome = outcome.spoiled }
    }

    mutating func end(_ reason: UnscannedReason) {
        if outcome == nil { outcome = ScannerOutcome(reply: .failure(reason)) }
    }
}
