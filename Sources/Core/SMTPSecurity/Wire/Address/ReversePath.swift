/// The path of `MAIL` (RFC 5321 §4.1.2).
public enum ReversePath: Sendable, Hashable, CustomStringConvertible {
    /// `<>`.
    case null
    /// `<mailbox>`.
    case mailbox(Mailbox)

    /// A copy of a command's path; `nil` if it has none.
    public init?(_ path: PathView) {
        if path.kind == .null {
            self = .null
        } else if let mailbox = Mailbox(path) {
            self = .mailbox(mailbox)
        } else {
            return nil
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .null: "<>"
        case .mailbox(let mailbox): "<\(mailbox)>"
        }
    }
}
