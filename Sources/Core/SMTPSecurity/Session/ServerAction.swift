/// What a session wants of whoever drives it.
public enum ServerAction: Sendable, Hashable {
    /// Everything was consumed. Call again when there is more.
    case needsInput
    /// An answer is outstanding, or a delay runs. Call again after it, see ``ServerSession/nextDeadline``.
    case wait
    /// Checks have to ask somebody: run what ``ServerSession/takeEvaluation()`` gives and pass its outcome to
    /// ``ServerSession/resume(_:at:)``.
    case evaluate
    /// Answer with the banner, or with a refusal: ``ServerSession/reply(_:at:)``.
    case greet
    /// A command has passed every check: ``ServerSession/currentCommand``. Answer with ``ServerSession/reply(_:at:)``.
    ///
    /// For `BDAT` this comes with the first chunk of a message, before its octets: answer 354 to receive them; the client
    /// does not see that answer.
    case command(Verb)
    /// The client's answer to a 334: ``ServerSession/currentLine``. Answer with ``ServerSession/reply(_:at:)``.
    case authenticationResponse
    /// Take ``ServerSession/content``: it is canonical and has passed the content checks so far.
    case content
    /// A check wants the whole message: give it to ``ServerSession/provide(_:at:)``.
    case provideMessage
    /// The message is complete and may be delivered. Answer with ``ServerSession/reply(_:at:)`` once it is safe.
    case endOfMessage
    /// Drop what was received of the message, and the transaction: nothing of it must be delivered. No answer is expected.
    case abortMessage
    /// Send the output, then begin the TLS handshake and call ``ServerSession/tlsEstablished()``.
    case startTLS
    /// Send the output, then close the connection.
    case close
}
