/// What a scanner says of a sample.
public enum ScanVerdict: Sendable, Hashable {
    /// All of it was scanned, and nothing was found.
    case clean
    /// Something was found: the name of the signature, as the scanner writes it.
    case infected(String)
    /// Not all of it was scanned, and nothing was found in the rest.
    case unscanned(UnscannedReason)

    /// Whether other parts of the message need not be scanned any more: malware was found, or the scanner is away or too slow.
    public var isFinal: Bool {
        switch self {
        case .infected, .unscanned(.unavailable), .unscanned(.deadline): true
        case .clean, .unscanned(.tooLarge), .unscanned(.encrypted), .unscanned(.limitExceeded): false
        }
    }
}
