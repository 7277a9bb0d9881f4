/// What makes a command line one that is refused in any case. Each is a ``ProtocolFault`` once it is to be spoken of.
enum LineProblem: UInt8, Sendable {
    // What came over the wire.
    case lineTooLong, nul, bareCarriageReturn
    // The verb.
    case foreignProtocol, unknownCommand, notOffered, notLMTP
    // The order of commands (RFC 5321 §4.1.4).
    case needsTLS, mixedDataAndChunks, chunksInProgress, needsGreeting, needsExtendedGreeting, senderAlreadyGiven
    case needsSender, noValidRecipients, needsRecipient, duringTransaction, alreadyAuthenticated, alreadyEncrypted
    // Parameters and limits.
    case parameterNotOffered, nonASCII, announcedSizeTooLarge, tooManyRecipients
}
