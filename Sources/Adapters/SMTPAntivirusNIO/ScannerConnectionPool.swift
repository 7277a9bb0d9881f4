import NIOCore
import NIOPosix
import SMTPAntivirus
import Synchronization

/// The connections to a scanner: not more than a limit, and whoever comes when all are in use waits for its turn.
///
/// A class because its identity is the point: scanners that are copied share it. What changes is in a mutex.
final class ScannerConnectionPool: Sendable {
    private typealias Connections = [ScannerConnection]
    private typealias Admissions = [CheckedContinuation<Admission, Never>]
    private typealias Shutdowns = [CheckedContinuation<Void, Never>]

    /// What comes of waiting for a turn.
    private enum Admission: Sendable {
        case admitted
        case cancelled
        case shutDown
    }

    private struct State: Sendable {
        var limit: Int
        /// How many exchanges have their turn.
        var inUse = 0
        /// How many of them have a connection, or are on the way to one.
        var holding = 0
        /// Connections that nobody needs; the one that was used last is the last.
        var idle: [ScannerConnection] = []
        /// All connections.
        var open: [Int: any Channel] = [:]
        var lastIdentifier = 0

        /// Who waits, in order. Those who have given up are missing in the second one.
        var queue = CircularBuffer<UInt64>()
        var waiting: [UInt64: CheckedContinuation<Admission, Never>] = [:]

        var isShutDown = false
        var awaitingShutdown: [CheckedContinuation<Void, Never>] = []

        /// Whose turn it is now.
        mutating func admit() -> [CheckedContinuation<Admission, Never>] {
            var admitted: [CheckedContinuation<Admission, Never>] = []
            while inUse < limit, let ticket = queue.popFirst() {
                guard let continuation = waiting.removeValue(forKey: ticket) else { continue }
                inUse += 1
                admitted.append(continuation)
            }
            return admitted
        }

        /// Takes those out of the idle ones that are too many; the oldest ones.
        mutating func takeSurplus() -> [ScannerConnection] {
            let count = min(idle.count, max(0, idle.count + holding - limit))
            defer { idle.removeFirst(count) }
            return Array(idle.prefix(count))
        }

        /// Takes an idle connection for an exchange, the one that was used last.
        mutating func takeIdle() -> ScannerConnection? {
            guard let connection = idle.popLast() else { return nil }
            holding += 1
            return connection
        }
    }

    private let address: ScannerAddress
    private let configuredLimit: Int
    private let connectTimeout: TimeAmount
    private let idleTime: TimeAmount
    private let eventLoopGroup: any EventLoopGroup
    private let state: Mutex<State>
    private let lastTicket = Atomic<UInt64>(0)

    init(
        _ address: ScannerAddress, limit: Int, connectTimeout: TimeAmount, idleTime: TimeAmount,
        eventLoopGroup: any EventLoopGroup
    ) {
        self.address = address
        self.connectTimeout = connectTimeout
        self.idleTime = idleTime
        self.eventLoopGroup = eventLoopGroup
        configuredLimit = max(1, limit)
        state = Mutex(State(limit: max(1, limit)))
    }

    /// How many connections there are.
    var connectionCount: Int { state.withLock { $0.open.count } }

    /// How many of them nobody needs.
    var idleCount: Int { state.withLock { $0.idle.count } }

    /// How many exchanges wait for their turn.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// The server wants no more connections than this; `nil` if it does not care.
    func setServerLimit(_ limit: Int?) {
        let (surplus, admitted) = state.withLock { state in
            state.limit = max(1, min(configuredLimit, limit ?? configuredLimit))
            return (state.takeSurplus(), state.admit())
        }
        for connection in surplus { connection.channel.close(promise: nil) }
        for continuation in admitted { continuation.resume(returning: .admitted) }
    }

    /// Waits for a connection and has an exchange on it.
    ///
    /// - Parameters:
    ///   - needsNewConnection: whether no connection will do that has had exchanges before.
    ///   - makeExchange: makes the exchange once there is a connection for it, by the number that it will have there, from 1. If it makes none, there is
    ///     nothing to be done any more.
    /// - Returns: `nil` if there was nothing to be done.
    func run(
        onNewConnection needsNewConnection: Bool = false,
        _ makeExchange: @Sendable (Int) -> (any ScannerExchange)?
    ) async -> ScannerReply? {
        switch await waitForTurn() {
        case .admitted: break
        case .cancelled: return .failure(.deadline)
        case .shutDown: return .failure(.unavailable("the scanner was shut down"))
        }
        if !needsNewConnection, var connection = state.withLock({ $0.takeIdle() }) {
            guard let exchange = makeExchange(connection.exchangeCount + 1) else {
                endTurn(keeping: connection)
                return nil
            }
            let end = await connection.run(exchange)
            guard end.isWithoutAnswer, end.outcome.reply.failure != nil, !Task.isCancelled else {
                return endTurn(connection, end)
            }
            // The server has closed it while nobody needed it, and the others are most likely no better.
            let others = state.withLock { state in
                state.holding -= 1
                defer { state.idle.removeAll() }
                return state.idle
            }
            for other in others { other.channel.close(promise: nil) }
        }
        guard let exchange = makeExchange(1) else {
            endTurn(keeping: nil, isHolding: false)
            return nil
        }
        switch await connect() {
        case .connected(var connection):
            let end = await connection.run(exchange)
            return endTurn(connection, end)
        case .failed(let problem):
            endTurn(keeping: nil)
            return .failure(Task.isCancelled ? .deadline : .unavailable(problem))
        case .cancelled:
            endTurn(keeping: nil)
            return .failure(.deadline)
        case .abandoned:
            // The turn ends with the attempt.
            return .failure(.deadline)
        }
    }

    /// Closes everything, and waits until it is closed.
    func shutdown() async {
        let (waiting, channels) = state.withLock { state in
            state.isShutDown = true
            let waiting = Array(state.waiting.values)
            state.waiting.removeAll()
            state.queue.removeAll()
            state.idle.removeAll()
            return (waiting, Array(state.open.values))
        }
        for continuation in waiting { continuation.resume(returning: .shutDown) }
        for channel in channels {
            channel.close(promise: nil)
            try? await channel.closeFuture.get()
        }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.inUse > 0 { state.awaitingShutdown.append(continuation) }
                return state.inUse == 0
            }
            if isOver { continuation.resume() }
        }
    }

    // MARK: Turns

    private func waitForTurn() async -> Admission {
        let ticket = lastTicket.add(1, ordering: .relaxed).newValue
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let admission = state.withLock { state -> Admission? in
                    if state.isShutDown { return .shutDown }
                    // Cancellation that comes later has to wait for the lock, and finds the continuation.
                    if Task.isCancelled { return .cancelled }
                    if state.waiting.isEmpty, state.inUse < state.limit {
                        state.inUse += 1
                        return .admitted
                    }
                    state.queue.append(ticket)
                    state.waiting[ticket] = continuation
                    return nil
                }
                if let admission { continuation.resume(returning: admission) }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: ticket) }?.resume(returning: .cancelled)
        }
    }

    private func endTurn(_ connection: ScannerConnection, _ end: ScannerConnectionEnd) -> ScannerReply {
        endTurn(keeping: end.outcome.isReusable ? connection : nil)
        if case .failure(.unavailable) = end.outcome.reply {
            if state.withLock({ $0.isShutDown }) { return .failure(.unavailable("the scanner was shut down")) }
            if Task.isCancelled { return .failure(.deadline) }
        }
        return end.outcome.reply
    }

    private func endTurn(keeping connection: ScannerConnection?, isHolding: Bool = true) {
        let (surplus, admitted, awaiting) = state.withLock { state -> (Connections, Admissions, Shutdowns) in
            state.inUse -= 1
            if isHolding { state.holding -= 1 }
            if let connection, connection.channel.isActive, !state.isShutDown { state.idle.append(connection) }
            let surplus = state.takeSurplus()
            let admitted = state.admit()
            guard state.isShutDown, state.inUse == 0 else { return (surplus, admitted, []) }
            defer { state.awaitingShutdown.removeAll() }
            return (surplus, admitted, state.awaitingShutdown)
        }
        for connection in surplus { connection.channel.close(promise: nil) }
        for continuation in admitted { continuation.resume(returning: .admitted) }
        for continuation in awaiting { continuation.resume() }
    }

    // MARK: Connecting

    private func connect() async -> ScannerConnectionAttempt.Result {
        let surplus = state.withLock { state in
            state.holding += 1
            return state.takeSurplus()
        }
        for connection in surplus { connection.channel.close(promise: nil) }
        let attempt = ScannerConnectionAttempt()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard attempt.begin(continuation) else { return }
                makeConnection().whenComplete { result in
                    switch result {
                    case .success(let connection):
                        guard !self.add(connection) else {
                            if !attempt.end(.connected(connection)) {
                                connection.channel.close(promise: nil)
                                self.endTurn(keeping: nil)
                            }
                            return
                        }
                        connection.channel.close(promise: nil)
                        if !attempt.end(.failed("the scanner was shut down")) { self.endTurn(keeping: nil) }
                    case .failure(let error):
                        let problem = String(printable: "no connection to \(self.address): \(error)".utf8)
                        if !attempt.end(.failed(problem)) { self.endTurn(keeping: nil) }
                    }
                }
            }
        } onCancel: {
            attempt.end(.abandoned)
        }
    }

    private func makeConnection() -> EventLoopFuture<ScannerConnection> {
        let idleTime = idleTime
        let bootstrap = ClientBootstrap(group: eventLoopGroup)
            .connectTimeout(connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(ScannerConnectionHandler(idleTime: idleTime))
                }
            }
        let channel =
            switch address {
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port): bootstrap.connect(host: host, port: port)
            }
        let identifier = state.withLock { state in
            state.lastIdentifier += 1
            return state.lastIdentifier
        }
        return channel.flatMapThrowing { channel in
            let handler = try channel.pipeline.syncOperations.handler(type: ScannerConnectionHandler.self)
            return ScannerConnection(
                identifier: identifier, channel: channel,
                handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }

    /// - Returns: whether there may be connections.
    private func add(_ connection: ScannerConnection) -> Bool {
        let identifier = connection.identifier
        let isWanted = state.withLock { state in
            if !state.isShutDown { state.open[identifier] = connection.channel }
            return !state.isShutDown
        }
        guard isWanted else { return false }
        connection.channel.closeFuture.whenComplete { [weak self] _ in
            self?.state.withLock { state in
                state.open[identifier] = nil
                state.idle.removeAll { $0.identifier == identifier }
            }
        }
        return true
    }
}
