/// Why something was not scanned, or not all of it.
public enum UnscannedReason: Sendable, Hashable, CustomStringConvertible {
    /// It has more octets than the scanner or the check takes.
    case tooLarge
    /// It is encrypted: the name of what has been met, if there is one.
    case encrypted(String?)
    /// It exceeds a limit of the scanner, such as that of archives in archives, or of what they expand to: which one, if the scanner says it.
    case limitExceeded(String?)
    /// It took too long.
    case deadline
    /// The scanner is away, or answers what cannot be understood: what is wrong with it.
    case unavailable(String)

    /// `too-large`, `encrypted`, `limit-exceeded`, `deadline` or `unavailable`.
    public var name: String {
        switch self {
        case .tooLarge: "too-large"
        case .encrypted: "encrypted"
        case .limitExceeded: "limit-exceeded"
        case .deadline: "deadline"
        case .unavailable: "unavailable"
        }
    }

    /// The name, and what is known of it.
    public var description: String {
        switch self {
        case .encrypted(let detail?), .limitExceeded(let detail?), .unavailable(let detail): "\(name): \(detail)"
        case .tooLarge, .encrypted(nil), .limitExceeded(nil), .deadline: name
        }
    }
}
