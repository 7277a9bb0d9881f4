public import SMTPSecurity

/// What is made of octets that two parsers could take for different line ends: bare CR, bare LF, NUL.
///
/// Whatever the mode, only CRLF "." CRLF ends a message and only canonical line ends go on; the modes differ in whether
/// the client is refused and whether anybody hears of it.
public enum LineEndMode: String, Sendable, Hashable, CaseIterable {
    /// A violation, refused if the profile blocks it.
    case reject
    /// Repaired in silence: bare CR and bare LF become CRLF, NUL becomes a space.
    case normalize
    /// Repaired, and reported as a violation that is never refused.
    case note
}

/// The modes, and whom they do not apply to.
public struct LineEndPolicy: Sendable, Hashable {
    /// Carriage returns without a line feed.
    public var bareCarriageReturn = LineEndMode.reject
    /// Line feeds without a carriage return.
    public var bareLineFeed = LineEndMode.reject
    /// NUL octets.
    public var nul = LineEndMode.reject
    /// Client networks that always get ``LineEndMode/normalize``: known devices that cannot do better.
    public var exclusions: [IPNetwork] = []

    /// Reject all three from everybody.
    public init() {}

    /// The mode that applies to a client.
    public func mode(_ mode: LineEndMode, for client: IPAddress) -> LineEndMode {
        exclusions.contains { $0.contains(client) } ? .normalize : mode
    }
}
