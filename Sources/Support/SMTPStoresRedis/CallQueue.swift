#if Redis

import SMTPSecurity

/// What callers and connections share: the calls that no connection has taken yet, and what each connection is doing.
///
/// One connection serves all calls as long as it is up, since a single one keeps a server busy and batches best; the first that is up.
/// It looks for calls whenever it has nothing else to do. A caller wakes it only if it sleeps, and then only if it has no call in flight or
/// enough calls wait: otherwise the next answer wakes it soon.
struct CallQueue: Sendable {
    /// From how many waiting calls on a connection is woken that will be woken by an answer anyway.
    static let batch = 16

    /// How far the store is.
    enum Phase: Sendable {
        /// No connection was up yet, and some have not failed: calls wait.
        case starting
        /// Calls are taken, or fail at once while no connection is up.
        case running
        /// No further calls.
        case stopping
    }

    /// What a connection is doing.
    struct Connection: Sendable {
        var isUp = false
        /// Whether it sleeps until something happens, and nobody has woken it yet.
        var isAsleep = false
        /// How many calls it had in flight when it went to sleep.
        var inFlight = 0
    }

    /// What becomes of a new call.
    enum Admission {
        case refused(CheckFailure)
        /// It waits, and this connection is to be woken.
        case waits(wake: Int?)
    }

    /// What a connection that looks for calls has to do next.
    enum Turn {
        /// Send what it took.
        case send
        /// Look again after its callers had their answers.
        case lookAgain
        /// Sleep until something happens.
        case sleep
        /// End.
        case stop
    }

    let mostCalls: Int
    var phase = Phase.starting
    var connections: [Connection]
    /// Connections whose first attempt has not failed.
    var hopes: Int
    /// Why no connection is up.
    var reason = ""
    var waiting: [PendingCall] = []
    /// Calls without an answer, waiting or in flight.
    var unanswered = 0
    /// Threads that have not ended.
    var threads = 0
    /// Who waits for them to end.
    var endWaiters: [CheckedContinuation<Void, Never>] = []

    init(connections count: Int, mostCalls: Int) {
        self.mostCalls = mostCalls
        connections = Array(repeating: Connection(), count: count)
        hopes = count
    }

    /// Whether any connection is up.
    var isUp: Bool { connections.contains { $0.isUp } }

    /// Takes a call in, unless it has to fail at once.
    mutating func admit(_ call: PendingCall) -> Admission {
        guard phase != .stopping else { return .refused(CheckFailure("the Redis store is shut down")) }
        let serving = connections.firstIndex { $0.isUp }
        guard serving != nil || phase == .starting else {
            return .refused(CheckFailure("no connection to Redis: \(reason)"))
        }
        guard unanswered < mostCalls else {
            return .refused(CheckFailure("\(unanswered) calls to Redis wait for an answer already"))
        }
        unanswered += 1
        waiting.append(call)
        guard let serving, connections[serving].isAsleep,
            connections[serving].inFlight == 0 || waiting.count >= Self.batch
        else { return .waits(wake: nil) }
        connections[serving].isAsleep = false
        return .waits(wake: serving)
    }

    /// Gives a connection all calls that wait.
    ///
    /// - Parameters:
    ///   - taken: is empty, and gets the calls.
    ///   - inFlight: how many calls the connection has in flight.
    ///   - answered: how many of its calls it is about to give their answers.
    mutating func take(_ index: Int, into taken: inout [PendingCall], inFlight: Int, answered: Int) -> Turn {
        connections[index].isAsleep = false
        unanswered -= answered
        guard waiting.isEmpty else {
            swap(&waiting, &taken)
            return .send
        }
        guard answered == 0 else { return .lookAgain }
        if phase == .stopping, inFlight == 0 { return .stop }
        connections[index].isAsleep = true
        connections[index].inFlight = inFlight
        return .sleep
    }

    /// Notes that a connection is up.
    mutating func win(_ index: Int) {
        connections[index].isUp = true
        if phase == .starting { phase = .running }
    }

    /// Notes that a connection is down, or that an attempt to have it up failed.
    ///
    /// - Returns: the calls that fail with it, and the connection that takes over what waits.
    mutating func lose(_ index: Int, reason: String, isFirstAttempt: Bool) -> (failed: [PendingCall], wake: Int?) {
        connections[index] = Connection()
        if isFirstAttempt { hopes -= 1 }
        if let serving = connections.firstIndex(where: { $0.isUp }) {
            guard !waiting.isEmpty, connections[serving].isAsleep else { return ([], nil) }
            connections[serving].isAsleep = false
            return ([], serving)
        }
        self.reason = reason
        guard phase != .starting || hopes == 0 else { return ([], nil) }
        if phase == .starting { phase = .running }
        return (drain(), nil)
    }

    /// All calls that wait; they are to fail.
    mutating func drain() -> [PendingCall] {
        unanswered -= waiting.count
        defer { waiting = [] }
        return waiting
    }

    /// The calls that wait and whose deadline is over, oldest first; they are to fail.
    mutating func drainOverdue(at now: Int64) -> [PendingCall] {
        let count = waiting.firstIndex { $0.deadline > now } ?? waiting.count
        guard count > 0 else { return [] }
        let overdue = Array(waiting[..<count])
        waiting.removeFirst(count)
        unanswered -= count
        return overdue
    }
}

#endif
