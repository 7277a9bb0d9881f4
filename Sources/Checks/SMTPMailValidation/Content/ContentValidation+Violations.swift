public import SMTPMessageFormat
public import SMTPSecurity

extension ContentValidation {
    // MARK: Header section

    /// A field is missing that every message has (RFC 5322 §3.6).
    public static let missingField = definition(
        "header-missing-field", "A field is missing that every message has.", .alarmOnly,
        Reply(550, .init(5, 6, 0), "The message lacks a field that RFC 5322 requires"))
    /// A field is there twice that may be there once (RFC 5322 §3.6).
    public static let repeatedField = definition(
        "header-repeated-field", "A field is there more than once.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The message has a field more than once"))
    /// `From` does not name one author (RFC 5322 §3.6.2).
    public static let ambiguousAuthor = definition(
        "header-author", "From does not name one author.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "From has to name one author"))
    /// An address in a field is none (RFC 5322 §3.4).
    public static let invalidAddress = definition(
        "header-address", "An address in a field is none.", .alarmOnly,
        Reply(550, .init(5, 6, 0), "An address in the header is not valid"))
    /// A field name that not all readers take for one (RFC 5322 §2.2).
    public static let invalidName = definition(
        "header-name", "A field name is one for some readers only.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The header has a field name that is not valid"))
    /// A line of the header section that no standard has (RFC 5322 §2.2).
    public static let invalidLine = definition(
        "header-line", "A line of the header section is none.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The header has a line that is not valid"))
    /// A date that is none (RFC 5322 §3.3).
    public static let invalidDate = definition(
        "header-date", "The date is none.", .alarmOnly, Reply(550, .init(5, 6, 0), "The date is not valid"))
    /// A date that is far away.
    public static let distantDate = definition(
        "header-date-range", "The date lies too far ahead or back.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "The date lies too far ahead or back"))
    /// Too many fields `Received` (RFC 5321 §6.3).
    public static let loop = definition(
        "header-received", "The message has passed too many hosts.", .alarmAndBlock,
        Reply(554, .init(5, 4, 6), "Too many hops"))
    /// The header section is too long.
    public static let headerTooLong = definition(
        "header-size", "The header section is too long.", .alarmAndBlock,
        Reply(552, .init(5, 3, 4), "The header is too large"))

    // MARK: Structure

    /// What readers of mail read differently: what one of them shows, another one hides.
    public static let ambiguousStructure = definition(
        "mime-ambiguous", "The message has a structure that readers see differently.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The message is ambiguous: it can be read in several ways"))
    /// What honest mail has too, though no standard does.
    public static let untidyStructure = definition(
        "mime-untidy", "The message's structure is not quite what the standards have.", .alarmOnly,
        Reply(550, .init(5, 6, 0), "The message is not what the MIME standards have"))
    /// Encoded content with something in it that decoders see differently (RFC 2045 §6).
    public static let brokenEncoding = definition(
        "mime-encoding", "Encoded content is broken.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "Encoded content is broken"))
    /// A piece of a message, or a body that is elsewhere (RFC 2046 §5.2.2, §5.2.3).
    public static let partialMessage = definition(
        "mime-partial", "Part of the message is elsewhere.", .alarmAndBlock,
        Reply(550, .init(5, 6, 1), "Messages in pieces are not accepted"))
    /// A file in the text, as before MIME.
    public static let embeddedFile = definition(
        "mime-embedded-file", "A file stands in a text, uuencoded or in yEnc.", .alarmOnly,
        Reply(550, .init(5, 6, 1), "Files in texts are not accepted"))
    /// Parts in parts, too many.
    public static let tooDeep = definition(
        "mime-depth", "Parts are nested too deep.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The message is nested too deep"))
    /// Too many parts.
    public static let tooManyParts = definition(
        "mime-parts", "There are too many parts.", .alarmAndBlock,
        Reply(550, .init(5, 6, 0), "The message has too many parts"))

    // MARK: Attachments

    /// A file name with an extension that is not wanted.
    public static let disallowedExtension = definition(
        "attachment-extension", "A file has an extension that is not wanted.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "A file of this kind is not accepted"))
    /// A type that is not wanted, by what is declared or by what is there.
    public static let disallowedType = definition(
        "attachment-type", "A file has a type that is not wanted.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "A file of this type is not accepted"))
    /// A file that is something else than what it is said to be.
    public static let mismatchedType = definition(
        "attachment-mismatch", "A file is something else than it is said to be.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "A file is something else than it is said to be"))
    /// An extension that is run, behind one that looks harmless.
    public static let doubleExtension = definition(
        "attachment-double-extension", "A file has an extension that hides another one.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "A file name with two extensions is not accepted"))
    /// A name that people see as another one.
    public static let misleadingName = definition(
        "attachment-misleading-name", "A file name shows as another one.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "A misleading file name is not accepted"))
    /// An archive that nobody can look into.
    public static let encryptedArchive = definition(
        "attachment-encrypted", "An archive is encrypted.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "Encrypted archives are not accepted"))
    /// An archive that is too large, too deep or expands too far to be looked into.
    public static let archiveLimit = definition(
        "attachment-archive-limit", "An archive exceeds a limit.", .alarmAndBlock,
        Reply(550, .init(5, 7, 1), "An archive is too large to be looked into"))
    /// An archive that is damaged, or that programs read differently.
    public static let brokenArchive = definition(
        "attachment-archive-broken", "An archive is damaged or can be read in several ways.", .alarmOnly,
        Reply(550, .init(5, 7, 1), "An archive is damaged"))

    /// See the definitions in this type.
    public static let violations = [
        missingField, repeatedField, ambiguousAuthor, invalidAddress, invalidName, invalidLine, invalidDate,
        distantDate,
        loop, headerTooLong, ambiguousStructure, untidyStructure, brokenEncoding, partialMessage, embeddedFile, tooDeep,
        tooManyParts, disallowedExtension, disallowedType, mismatchedType, doubleExtension, misleadingName,
        encryptedArchive, archiveLimit, brokenArchive,
    ]

    private static func definition(
        _ name: String, _ summary: String, _ enforcement: Enforcement, _ reply: Reply
    ) -> ViolationDefinition {
        ViolationDefinition(check: Self.name, name: name, summary: summary, enforcement: enforcement, reply: reply)
    }

    /// What violation an anomaly is.
    public static func violation(for kind: Anomaly.Kind) -> ViolationDefinition {
        switch kind {
        case .base64Junk, .base64Padding, .base64AfterPadding, .base64Truncated, .uuencodeSyntax, .uuencodeTruncated,
            .yEncTruncated:
            brokenEncoding
        // Of quoted-printable only the octets at the fault are in doubt, and much honest mail has faults.
        case .quotedPrintableEscape, .quotedPrintableSoftBreak, .quotedPrintableTrailingSpace, .quotedPrintableOctet,
            .fieldComment, .parameterSyntax, .parameterToken,
            .parameterEscape, .missingMIMEVersion, .missingLastBoundary, .emptyPart, .bareCarriageReturn,
            .mixedLineEnds,
            .fieldEncoding:
            untidyStructure
        case .fieldValue, .parameterQuote, .parameterOctet, .duplicateParameter, .parameterSections,
            .parameterEncoding, .parameterCount, .nul, .duplicateContentType, .duplicateTransferEncoding,
            .duplicateDisposition, .unknownTransferEncoding,
            .contentTypeSyntax, .encodedContainer, .missingBoundary, .severalBoundaries, .boundarySyntax,
            .repeatedBoundary, .boundaryPrefix, .missingFirstBoundary, .partAfterEnd, .boundaryCount:
            ambiguousStructure
        case .byteOrderMark, .mboxLine, .headerLine, .continuationWithoutField, .blankContinuation, .fieldControl,
            .headerLineLength, .fieldLength:
            invalidLine
        case .fieldName, .fieldNameSpace, .fieldNameFolded: invalidName
        case .headerLength: headerTooLong
        case .partialMessage, .externalBody: partialMessage
        case .addressSyntax, .addressObsolete, .addressMissingDomain, .addressTrailing, .addressControl, .addressMany,
            .addressUTF8:
            invalidAddress
        case .depth: tooDeep
        case .partCount: tooManyParts
        case .uuencodedFile, .yEncodedFile: embeddedFile
        }
    }
}
