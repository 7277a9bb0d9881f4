extension CommandParseError {
    /// What a client that sent such a line is told (RFC 5321 §4.2.2, RFC 3463).
    public var reply: Reply {
        switch kind {
        case .lineTooLong: Reply(500, .init(5, 5, 2), "Line too long")
        case .missingVerb, .malformedVerb: Reply(500, .init(5, 5, 2), "Syntax error, command not recognised")
        case .forbiddenOctet: Reply(500, .init(5, 5, 2), "Control character in command")
        case .invalidUTF8: Reply(500, .init(5, 5, 2), "Invalid UTF-8 in command")
        case .missingArgument, .missingKeyword, .malformedGreeting:
            Reply(501, .init(5, 5, 4), "Missing or invalid argument")
        case .unexpectedArgument: Reply(501, .init(5, 5, 4), "Unexpected argument")
        case .missingAngleBracket, .malformedSourceRoute, .malformedLocalPart, .malformedDomain,
            .malformedAddressLiteral,
            .missingDomain, .nullForwardPath:
            Reply(501, .init(5, 1, 3), "Bad address syntax")
        case .localPartTooLong, .domainTooLong, .pathTooLong: Reply(501, .init(5, 1, 3), "Address too long")
        case .malformedParameter, .malformedParameterValue, .parameterValueMismatch, .duplicateParameter,
            .misplacedParameter, .tooManyParameters:
            Reply(501, .init(5, 5, 4), "Invalid parameter")
        case .malformedChunkSize: Reply(501, .init(5, 5, 4), "Invalid chunk size")
        case .malformedAuthentication: Reply(501, .init(5, 5, 2), "Cannot decode the AUTH argument")
        }
    }
}
