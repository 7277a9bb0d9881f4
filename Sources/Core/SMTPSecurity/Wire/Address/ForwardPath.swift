/// The path of `RCPT` (RFC 5321 §4.1.2, §4.1.1.3).
public enum ForwardPath: Sendable, Hashable, CustomStringConvertible {
    /// `<Postmaster>` without a domain.
    case postmaster
    /// `<mailbox>`.
    case mailbox(Mailbox)

    /// A copy of a command's path; `nil` if it has none.
    public init?(_ path: PathView) {
        if path.kind == .postmaster {
            self = .postmaster
        } else if let mailbox = Mailbox(path) {
            self = .mailbox(mailbox)
        } else {
            return nil
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .postmaster: "<Postmaster>"
        case .mailbox(let mailbox): "<\(mailbox)>"
        }
    }
}
