/// Why a line is not a command, and where that shows.
@frozen
public struct CommandParseError: Error, Sendable, Hashable, BitwiseCopyable {
    /// What is wrong.
    @frozen
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// The line is empty or starts with something that no verb starts with.
        case missingVerb
        /// The verb has octets that no verb has, or more than 64.
        case malformedVerb
        /// More than 65,535 octets: no offset could name a place in it.
        case lineTooLong
        /// An octet that no command may hold: a control character (NUL, CR and LF included).
        case forbiddenOctet
        /// Octets above 127 that are not valid UTF-8 (RFC 3629, RFC 6531 §3.3).
        case invalidUTF8
        /// The argument that the verb needs is missing.
        case missingArgument
        /// The verb takes no argument, or fewer.
        case unexpectedArgument
        /// `MAIL` without `FROM:`, `RCPT` without `TO:`.
        case missingKeyword
        /// The greeting's argument is neither a domain nor an address literal, nor harmless text.
        case malformedGreeting
        /// The path does not start with `<` or does not end with `>`.
        case missingAngleBracket
        /// The source route is malformed.
        case malformedSourceRoute
        /// The local part is malformed.
        case malformedLocalPart
        /// The domain is malformed.
        case malformedDomain
        /// The address literal is malformed.
        case malformedAddressLiteral
        /// The path has no domain where it needs one.
        case missingDomain
        /// `<>` where a recipient belongs.
        case nullForwardPath
        /// Local part over 64 octets (RFC 5321 §4.5.3.1.1).
        case localPartTooLong
        /// Domain over 255 octets (RFC 5321 §4.5.3.1.2), or a label over 63 (RFC 1035 §2.3.4).
        case domainTooLong
        /// Path over 256 octets, punctuation included (RFC 5321 §4.5.3.1.3).
        case pathTooLong
        /// A parameter's keyword or its `=` is malformed.
        case malformedParameter
        /// A value does not follow the grammar of its parameter.
        case malformedParameterValue
        /// A parameter that needs a value has none, or one that takes none has one.
        case parameterValueMismatch
        /// A parameter stands twice.
        case duplicateParameter
        /// A known parameter that this command does not take.
        case misplacedParameter
        /// More than ``ParsedCommand/maximumParameters`` parameters.
        case tooManyParameters
        /// The chunk size of `BDAT` is not a number of at most 20 digits that fits 63 bits.
        case malformedChunkSize
        /// The SASL mechanism name or the initial response is malformed (RFC 4954 §4).
        case malformedAuthentication
    }

    /// What is wrong.
    public var kind: Kind
    /// Offset in the line, in octets, where it shows.
    public var offset: UInt16

    /// The error at this offset; offsets past 65,535 are clamped.
    @inlinable
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = UInt16(clamping: offset)
    }
}
