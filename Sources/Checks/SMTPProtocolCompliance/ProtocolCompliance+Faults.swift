public import SMTPSecurity

extension ProtocolCompliance {
    /// The violation that a fault is; `nil` for what compliance has no opinion on: a verb that nobody knows, or an
    /// optional verb that is not offered, breaks no rule.
    public static func definition(for kind: ProtocolFault.Kind) -> ViolationDefinition? {
        switch kind {
        case .syntax(let error): definition(for: error.kind)
        case .unknownCommand: nil
        case .notOffered(.etrn), .notOffered(.turn), .notOffered(.atrn), .notOffered(.send), .notOffered(.soml),
            .notOffered(.saml):
            nil
        case .notOffered: commandNotOffered
        case .outOfSequence: badSequence
        case .commandLineTooLong: commandLineTooLong
        case .bareCarriageReturnInCommand: bareCarriageReturnInCommand
        case .bareLineFeedInCommand: bareLineFeedInCommand
        case .nulInCommand: nulInCommand
        case .parameterNotOffered: parameterNotOffered
        case .nonASCIIWithoutSMTPUTF8: nonASCIIEnvelope
        case .lenientSyntax(let leniencies): definition(for: leniencies)
        case .announcedSizeTooLarge: announcedSizeTooLarge
        case .tooManyRecipients: tooManyRecipients
        case .earlyTalker: earlyTalker
        case .unauthorizedPipelining: unauthorizedPipelining
        case .plaintextAfterSTARTTLS: plaintextAfterSTARTTLS
        case .foreignProtocol: foreignProtocol
        case .headerAsCommand: headerAsCommand
        case .bareCarriageReturnInData: bareCarriageReturnInData
        case .bareLineFeedInData: bareLineFeedInData
        case .nulInData: nulInData
        case .textLineTooLong: textLineTooLong
        case .eightBitDataWithout8BITMIME: eightBitData
        case .messageTooLarge: messageTooLarge
        case .mixedDataAndChunks: mixedDataAndChunks
        case .malformedAuthenticationResponse: malformedAuthentication
        case .tooManyErrors: tooManyErrors
        case .tooManyJunkCommands: tooManyJunkCommands
        case .idleTimeout: idleTimeout
        case .commandTimeout: commandTimeout
        case .slowData: slowData
        case .sessionTimeout: sessionTimeout
        }
    }

    private static func definition(for kind: CommandParseError.Kind) -> ViolationDefinition {
        switch kind {
        case .lineTooLong: commandLineTooLong
        case .missingVerb, .malformedVerb: malformedCommand
        case .forbiddenOctet: controlCharacterInCommand
        case .invalidUTF8: invalidUTF8
        case .missingArgument, .unexpectedArgument, .missingKeyword, .malformedGreeting: malformedArgument
        case .missingAngleBracket, .malformedSourceRoute, .malformedLocalPart, .malformedDomain,
            .malformedAddressLiteral,
            .missingDomain, .nullForwardPath:
            malformedAddress
        case .localPartTooLong, .domainTooLong, .pathTooLong: addressTooLong
        case .malformedParameter, .malformedParameterValue, .parameterValueMismatch, .duplicateParameter,
            .misplacedParameter, .tooManyParameters:
            malformedParameter
        case .malformedChunkSize: malformedChunk
        case .malformedAuthentication: malformedAuthentication
        }
    }

    private static func definition(for leniencies: Leniencies) -> ViolationDefinition {
        if leniencies.contains(.sourceRoute) { return sourceRoute }
        if leniencies.contains(.improperGreetingName) { return improperGreetingName }
        return lenientSyntax
    }
}
