#if Magic
/// How a ``MagicDetector`` works.
public struct MagicConfiguration: Sendable, Hashable {
    /// The compiled database; `nil` for the library's usual one.
    public var database: String?
    /// How many files may be looked at in the same moment; each has a handle of the library with its own copy of the database's index.
    public var handles = 4
    /// How many octets of a file are looked at.
    public var octets = 64 * 1024
    /// How many octets a regular expression of the database may look at.
    public var regularExpressionOctets = 4096
    /// How often one rule of the database may lead to others at another place of the file.
    public var indirections = 10
    /// Of how many beginnings of files the answer is remembered, since the same picture is in many a message and the library takes about half a
    /// millisecond for an answer; up to twice as many, about 100 octets each. 0 for none.
    public var rememberedAnswers = 4096

    /// The library's usual database, four handles, 64 KiB.
    public init() {}
}

/// Why a ``MagicDetector`` cannot be made.
public struct MagicError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What the library says.
    public let description: String
}
#endif
