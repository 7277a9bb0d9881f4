extension SessionEngine {
    /// When ``timeExpired(at:)`` has to be called if nothing else happens before; `nil` while the session waits for the
    /// application or for checks, which keep their own times.
    var nextDeadline: Timestamp? {
        switch activity {
        case .delaying(let until, _, _): return until
        case .evaluating, .application: return nil
        case .none: break
        }
        if case .holdingGreeting = phase { return greetingDue }
        return firstLimit?.time
    }

    /// The time of a deadline has come.
    ///
    /// Then take the next ``step(_:at:)``: it sends what the deadline released, or ends the session.
    mutating func timeExpired(at now: Timestamp) {
        context.now = max(context.now, now)
        guard case .none = activity, phase != .closed else { return }
        if phase == .holdingGreeting { return }
        guard let limit = firstLimit, limit.time <= context.now else { return }
        let fault = ProtocolFault(
            limit.kind, reply: Reply(421, .init(4, 4, 2), "\(settings.hostname) \(limit.text)"), closesSession: true)
        judge(fault)
    }

    private typealias Limit = (time: Timestamp, kind: ProtocolFault.Kind, text: StaticString)

    /// The limit that is reached first if the client stays silent. Asked after every step, so it allocates nothing.
    private var firstLimit: Limit? {
        guard let since = clock.waitingSince else { return nil }
        let timeouts = configuration.timeouts
        var first: Limit = (since.advanced(by: timeouts.idle), .idleTimeout, "Idle for too long")
        func consider(_ time: Timestamp, _ kind: ProtocolFault.Kind, _ text: StaticString) {
            if time < first.time { first = (time, kind, text) }
        }
        consider(clock.sessionStarted.advanced(by: timeouts.session), .sessionTimeout, "Session too long")
        if let started = clock.lineStarted {
            consider(started.advanced(by: timeouts.command), .commandTimeout, "Command took too long")
        }
        if case .receiving = phase, let deadline = clock.slowDataDeadline(timeouts) {
            consider(deadline, .slowData, "Data arrives too slowly")
        }
        return first
    }
}
