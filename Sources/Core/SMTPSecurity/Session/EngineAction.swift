/// What a session engine wants of the session around it: ``ServerAction``, apart from the checks.
@usableFromInline
enum EngineAction: Sendable {
    /// Ask the checks what ``SessionEngine/inquiry`` says.
    case ask
    case needsInput
    case wait
    case greet
    case command(Verb)
    case authenticationResponse
    case content
    case provideMessage
    case endOfMessage
    case abortMessage
    case startTLS
    case close
}
