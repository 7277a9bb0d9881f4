/// A set of extensions.
@frozen
public struct SMTPExtensions: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// The bits, one per ``SMTPExtension``.
    public let rawValue: UInt32

    /// The set with these bits.
    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The set of one extension.
    @inlinable
    public init(_ member: SMTPExtension) { self.rawValue = 1 << UInt32(member.rawValue) }

    /// The set of these extensions.
    public init(_ members: [SMTPExtension]) {
        self.rawValue = members.reduce(0) { $0 | 1 << UInt32($1.rawValue) }
    }

    /// Whether the set holds this extension.
    @inlinable
    public func contains(_ member: SMTPExtension) -> Bool { rawValue & (1 << UInt32(member.rawValue)) != 0 }

    /// Takes this extension out.
    @inlinable
    public mutating func remove(_ member: SMTPExtension) { self = subtracting(SMTPExtensions(member)) }

    /// Puts this extension in.
    @inlinable
    public mutating func insert(_ member: SMTPExtension) { formUnion(SMTPExtensions(member)) }

    /// What a session can carry without a second party's help: everything but extensions that turn the connection
    /// round, open a channel of their own, or let a stranger speak for someone else.
    ///
    /// `BINARYMIME` is left out because message data leaves as lines; `REQUIRETLS` and `STARTTLS` because they are promises
    /// about transport security, which the session's own TLS setting makes.
    public static let relayable = SMTPExtensions([
        .size, .eightBitMIME, .chunking, .pipelining, .enhancedStatusCodes, .smtpUTF8, .dsn, .auth, .deliverBy,
        .futureRelease, .mtPriority, .limits, .help, .vrfy, .expn, .etrn,
    ])
}
