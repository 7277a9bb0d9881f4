/// A place that known parsers read differently, or that no standard allows.
public struct Anomaly: Sendable, Hashable {
    /// What is unusual about it.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        // MARK: Encodings of bodies

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

        // MARK: Fields with parameters

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
        /// More parameters than are read.
        case parameterCount = "parameter-count"

        // MARK: Lines and header sections

        /// A carriage return without a line feed behind it: a line end for some (RFC 5322 §2.3).
        case bareCarriageReturn = "bare-carriage-return"
        /// A line feed without a carriage return before it, where other lines end with both; or the other way round.
        case mixedLineEnds = "mixed-line-ends"
        /// A NUL octet, at which some stop.
        case nul = "nul"
        /// A byte order mark before the first field, which hides it from some.
        case byteOrderMark = "byte-order-mark"
        /// A line `From …` of the mbox format before or between fields.
        case mboxLine = "mbox-line"
        /// A line of a header section that has no colon: for some the body begins there, others pass over it.
        case headerLine = "header-line"
        /// A field name that is empty or has other octets than printable ASCII (RFC 5322 §2.2).
        case fieldName = "field-name"
        /// White space between a field name and its colon: RFC 5322 §4.5.8 has it, others take it for part of the name, or for no field.
        case fieldNameSpace = "field-name-space"
        /// A field name that goes on in the next line.
        case fieldNameFolded = "field-name-folded"
        /// A first line that begins with white space, and so continues nothing.
        case continuationWithoutField = "continuation-without-field"
        /// A continuation line of nothing but white space, with which the section ends for some (RFC 5322 §4.2).
        case blankContinuation = "blank-continuation"
        /// A control character in a field.
        case fieldControl = "field-control"
        /// Octets above 127 in a field that are not UTF-8 (RFC 6532 §3.2).
        case fieldEncoding = "field-encoding"
        /// A line of more than 998 octets in a header section (RFC 5322 §2.1.1).
        case headerLineLength = "header-line-length"
        /// A field that is longer than the limit: what comes behind is not looked at.
        case fieldLength = "field-length"
        /// A header section that is longer than the limit.
        case headerLength = "header-length"

        // MARK: Addresses

        /// What is no address, or more than one without a comma between them (RFC 5322 §3.4).
        case addressSyntax = "address-syntax"
        /// What only old senders may write: a route, white space beside a dot or an `@`, a dot in a name, an entry without an address
        /// (RFC 5322 §4.4, §3.4.1).
        case addressObsolete = "address-obsolete"
        /// An address without an `@` and a domain: some readers add one of their own (RFC 5322 §3.4.1).
        case addressMissingDomain = "address-missing-domain"
        /// Octets beyond ASCII in a field of addresses that are not UTF-8 (RFC 6532 §3.2).
        case addressUTF8 = "address-utf8"
        /// A control character in a field of addresses, in ASCII (RFC 5322 §4.1) or beyond it (RFC 5198 §2), or a line end that folds nothing.
        case addressControl = "address-control"
        /// Text behind an address: some readers take the first for the address, some the last (RFC 5322 §3.4).
        case addressTrailing = "address-trailing"
        /// More addresses than are kept.
        case addressMany = "address-many"

        // MARK: Structure

        /// Two fields `Content-Type` (RFC 2045 §5): some take the first, some the last.
        case duplicateContentType = "duplicate-content-type"
        /// Two fields `Content-Transfer-Encoding` (RFC 2045 §6).
        case duplicateTransferEncoding = "duplicate-transfer-encoding"
        /// Two fields `Content-Disposition` (RFC 2183 §2).
        case duplicateDisposition = "duplicate-disposition"
        /// A `Content-Type` that is not a type, a slash and a subtype (RFC 2045 §5.1).
        case contentTypeSyntax = "content-type-syntax"
        /// An encoding that no standard has (RFC 2045 §6.1), or more than its name.
        case unknownTransferEncoding = "unknown-transfer-encoding"
        /// MIME fields in a message without `MIME-Version` (RFC 2045 §4), without which some do not look at them.
        case missingMIMEVersion = "missing-mime-version"
        /// An encoding other than `7bit`, `8bit` and `binary` for what has parts (RFC 2045 §6.4).
        case encodedContainer = "encoded-container"
        /// A multipart without a boundary (RFC 2046 §5.1.1).
        case missingBoundary = "missing-boundary"
        /// Several boundaries for one multipart: each of them separates parts here.
        case severalBoundaries = "several-boundaries"
        /// A boundary that is longer than 70 octets, ends with a space or has octets that it may not have (RFC 2046 §5.1.1).
        case boundarySyntax = "boundary-syntax"
        /// The boundary of an outer multipart, once more.
        case repeatedBoundary = "repeated-boundary"
        /// A line that begins with a boundary and goes on, or is one in other letters: it separates parts for some (RFC 2046 §5.1.1), not for others.
        case boundaryPrefix = "boundary-prefix"
        /// A multipart in which the boundary does not come.
        case missingFirstBoundary = "missing-first-boundary"
        /// A multipart whose last part does not end.
        case missingLastBoundary = "missing-last-boundary"
        /// A boundary right behind another one: a part of nothing for some, no part for others.
        case emptyPart = "empty-part"
        /// A part behind the end of its multipart.
        case partAfterEnd = "part-after-end"
        /// A piece of a message (RFC 2046 §5.2.2), of which nobody sees the whole on the way.
        case partialMessage = "partial-message"
        /// A body that is to be fetched from elsewhere (RFC 2046 §5.2.3).
        case externalBody = "external-body"
        /// Parts within parts, more than the limit: they are not looked into.
        case depth = "depth"
        /// More parts than the limit: they are not told apart.
        case partCount = "part-count"
        /// More octets of boundaries than the limit.
        case boundaryCount = "boundary-count"

        // MARK: Files in texts

        /// A file in a text, as uuencode writes it: some readers show it as an attachment.
        case uuencodedFile = "uuencoded-file"
        /// A line that uuencode does not write.
        case uuencodeSyntax = "uuencode-syntax"
        /// A uuencoded file without an end.
        case uuencodeTruncated = "uuencode-truncated"
        /// A file in a text, as yEnc writes it.
        case yEncodedFile = "yencoded-file"
        /// A yEnc file without an end.
        case yEncTruncated = "yenc-truncated"
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
