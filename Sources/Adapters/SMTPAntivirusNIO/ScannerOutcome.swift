import SMTPAntivirus

/// What an exchange has come to.
struct ScannerOutcome: Sendable, Hashable {
    /// The most octets that an exchange gives to send at once.
    static let pieceSize = 65_536

    /// What the server has said.
    var reply: ScannerReply
    /// Whether the connection can be used for another exchange.
    var isReusable = false
}

extension ScannerOutcome {
    /// An answer that cannot be understood.
    static func unavailable(_ problem: String) -> ScannerOutcome {
        ScannerOutcome(reply: .failure(.unavailable(problem)))
    }

    /// The same once there were octets after the end of the answer. Something found remains so.
    var spoiled: ScannerOutcome {
        switch reply {
        case .verdict(.infected, _), .failure: ScannerOutcome(reply: reply)
        default: .unavailable("there is more than one answer")
        }
    }
}
