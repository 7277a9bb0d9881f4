/// What a proxy session wants of whoever drives it.
public enum ProxyAction: Sendable, Hashable {
    /// Everything was consumed. Call again when there is more.
    case needsInput
    /// Something is outstanding: an evaluation, the upstream server, a delay.
    case wait
    /// Checks have to ask somebody: run what ``ProxySession/takeEvaluation()`` gives and pass its outcome to
    /// ``ProxySession/resume(_:at:)``.
    case evaluate
    /// Connect to the upstream server.
    case connectUpstream
    /// Close the upstream connection at once, without sending anything more.
    case closeUpstream
    /// Keep ``ProxySession/content`` until the message is complete.
    case storeContent
    /// Give what was kept to ``ProxySession/provide(_:at:)``.
    case provideMessage
    /// Send what was kept: ``ProxySession/sendStored(_:at:)`` with each piece, then ``ProxySession/finishStored(at:)``.
    case sendStored
    /// Forget what was kept.
    case discardStored
    /// Send the output, then begin the TLS handshake and call ``ProxySession/tlsEstablished()``.
    case startTLS
    /// Send both outputs, then close both connections.
    case close
}
