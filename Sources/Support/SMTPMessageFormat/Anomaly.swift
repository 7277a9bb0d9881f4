/// A place that known parsers read differently, or that no standard allows.
public struct Anomaly: Sendable, Hashable {
    /// What is unusual about it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// An octet outside of base64's alphabet (RFC 2045 §6.8): some skip it, some stop.
        case base64Junk = "base64-junk"
        /// A `=` where no padding belongs: some skip it, some stop.
        case base64Padding = "base64-padding"
        /// Data behind the padding: some stop there, some go on.
        case base64AfterPadding = "base64-after-padding"
        /// An end within a group of four.
        case base64Truncated = "base64-truncated"
        /// A `=` without two hexadecimal digits or a line end behind it (RFC 2045 §6.7).
        case quotedPrintableEscape = "quoted-printable-escape"
        /// White space between a `=` and the line end: a soft line break for the standard (RFC 2045 §6.7, rule 3), text for others.
        case quotedPrintableSoftBreak = "quoted-printable-soft-break"
        /// White space at the end of a line, which the standard has deleted (RFC 2045 §6.7, rule 3). It is kept.
        case quotedPrintableTrailingSpace = "quoted-printable-trailing-space"
        /// An octet that quoted-printable text may not have: a control character, or one beyond ASCII.
        case quotedPrintableOctet = "quoted-printable-octet"
        /// A value before the first parameter that is no token, or two with a slash between them (RFC 2045 §5.1).
        case fieldValue = "field-value"
        /// A comment in a field with parameters, which some readers do not know (RFC 2045 §5.1).
        case fieldComment = "field-comment"
        /// What stands where a parameter should, or beside one: no name, no value, white space around `=`, text behind a quoted value.
        case parameterSyntax = "parameter-syntax"
        /// A value without quotes that needs them: some readers end it at the first such octet, some at the semicolon.
        case parameterToken = "parameter-token"
        /// A quoted value that does not end.
        case parameterQuote = "parameter-quote"
        /// A backslash before an octet that needs none: some readers keep it.
        case parameterEscape = "parameter-escape"
        /// A control character in a quoted value.
        case parameterOctet = "parameter-octet"
        /// Two parameters of one name, or one that is whole and in sections: some readers take the first, some the last.
        case duplicateParameter = "duplicate-parameter"
        /// Sections of a value that are not numbered 0, 1, 2 in this order (RFC 2231 §3).
        case parameterSections = "parameter-sections"
        /// A percent sign without two digits, or a character set that is missing (RFC 2231 §4).
        case parameterEncoding = "parameter-encoding"
    }

    /// What is unusual.
    public var kind: Kind
    /// Where: octets from the beginning of the message.
    public var offset: Int

    /// An anomaly.
    public init(_ kind: Kind, at offset: Int) {
        self.kind = kind
        self.offset = offset
    }
}
