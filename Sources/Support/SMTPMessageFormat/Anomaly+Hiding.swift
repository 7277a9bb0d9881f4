extension Anomaly.Kind {
    /// Whether content may be hidden behind it: one reader of mail finds a file there, and another one finds none, or a different one.
    ///
    /// Whoever looks for something in a message has not looked at all of what its recipient may get to see.
    public var mayHideContent: Bool {
        switch self {
        case .base64Junk, .base64Padding, .base64AfterPadding, .base64Truncated, .uuencodeSyntax, .uuencodeTruncated,
            .yEncTruncated, .fieldValue, .parameterQuote, .parameterOctet, .duplicateParameter, .parameterSections,
            .parameterEncoding, .parameterCount, .nul, .duplicateContentType, .duplicateTransferEncoding,
            .duplicateDisposition, .unknownTransferEncoding, .contentTypeSyntax, .encodedContainer, .missingBoundary,
            .severalBoundaries, .boundarySyntax, .repeatedBoundary, .boundaryPrefix, .missingFirstBoundary,
            .partAfterEnd, .boundaryCount, .byteOrderMark, .mboxLine, .headerLine, .continuationWithoutField,
            .blankContinuation, .fieldControl, .headerLineLength, .fieldLength, .fieldName, .fieldNameSpace,
            .fieldNameFolded, .partialMessage, .externalBody, .depth, .partCount, .bareCarriageReturn, .mixedLineEnds:
            true
        case .quotedPrintableEscape, .quotedPrintableSoftBreak, .quotedPrintableTrailingSpace, .quotedPrintableOctet,
            .fieldComment, .parameterSyntax, .parameterToken, .parameterEscape, .missingMIMEVersion,
            .missingLastBoundary, .emptyPart, .fieldEncoding, .headerLength,
            .addressSyntax, .addressObsolete, .addressMissingDomain, .addressTrailing, .addressControl, .addressMany,
            .addressUTF8, .uuencodedFile, .yEncodedFile:
            false
        }
    }
}
