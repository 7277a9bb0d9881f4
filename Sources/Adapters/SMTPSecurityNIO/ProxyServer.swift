import Logging
public import NIOCore
public import NIOPosix
public import SMTPSecurity
import Synchronization

private enum Admission {
    case normal
    case stressed
    case refused
}

/// An SMTP proxy: listens, and puts a pipeline of checks in front of a mail server.
///
/// ```swift
/// let proxy = ProxyServer(configuration: configuration, pipeline: pipeline, group: group)
/// let address = try await proxy.listen(host: "0.0.0.0", port: 25)
/// …
/// await proxy.shutDownGracefully()
/// ```
///
/// A class because its identity is the point: it owns sockets.
public final class ProxyServer<Checks: CheckSequence>: Sendable {
    private struct State {
        var listeners: [any Channel] = []
        var sessions: [SessionID: NIOLoopBound<ProxyHandler<Checks>>] = [:]
        var nextSession: UInt64 = 1
        var isShuttingDown = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    /// How the proxy works.
    public let configuration: ProxyConfiguration
    /// What it counts.
    public let statistics: StatisticsCollector

    private let selection: Mutex<PipelineSelection<Checks>>
    private let group: any EventLoopGroup
    private let pool: NIOThreadPool
    private let state = Mutex(State())

    /// A proxy that does not listen yet, with the same checks for everybody.
    ///
    /// - Parameters:
    ///   - configuration: how it works.
    ///   - pipeline: what it checks.
    ///   - group: the event loops its sessions run on. A client and its upstream connection share one.
    ///   - pool: threads for file access.
    ///   - statistics: receives what is counted.
    public convenience init(
        configuration: ProxyConfiguration, pipeline: CheckPipeline<Checks>,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        pool: NIOThreadPool = .singleton, statistics: StatisticsCollector = StatisticsCollector()
    ) {
        self.init(
            configuration: configuration, pipelines: PipelineSelection(pipeline), group: group, pool: pool,
            statistics: statistics)
    }

    /// A proxy that does not listen yet.
    ///
    /// - Parameters:
    ///   - configuration: how it works.
    ///   - pipelines: what it checks for whom.
    ///   - group: the event loops its sessions run on. A client and its upstream connection share one.
    ///   - pool: threads for file access.
    ///   - statistics: receives what is counted.
    public init(
        configuration: ProxyConfiguration, pipelines: PipelineSelection<Checks>,
        group: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton,
        pool: NIOThreadPool = .singleton, statistics: StatisticsCollector = StatisticsCollector()
    ) {
        self.configuration = configuration
        self.selection = Mutex(pipelines)
        self.group = group
        self.pool = pool
        self.statistics = statistics
    }

    /// Begins to listen.
    ///
    /// - Parameters:
    ///   - host: the address.
    ///   - port: the port, 0 for one that is free.
    /// - Returns: the address that it listens on.
    /// - Throws: what the system says if the address cannot be had.
    @discardableResult
    public func listen(host: String, port: Int) async throws -> Endpoint {
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A usual message arrives in a few reads; the default begins with 2,048 octets for every connection.
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1_024, initial: 16_384, maximum: 65_536)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
            }
            .bind(host: host, port: port)
            .get()
        state.withLock { $0.listeners.append(listener) }
        guard let address = Endpoint(listener.localAddress) else { throw ChannelError.inappropriateOperationForState }
        return address
    }

    /// Has sessions that begin from here on checked by other pipelines. Those that have begun keep theirs.
    public func replacePipelines(_ pipelines: PipelineSelection<Checks>) {
        selection.withLock { $0 = pipelines }
    }

    /// How many sessions there are.
    public var sessionCount: Int { state.withLock { $0.sessions.count } }

    /// Stops: accepts nobody more, lets each session finish its transaction, and returns when the last one has ended or
    /// the grace period is over.
    public func shutDownGracefully() async {
        let (listeners, sessions) = state.withLock { state in
            state.isShuttingDown = true
            defer { state.listeners = [] }
            return (state.listeners, state.sessions)
        }
        for listener in listeners { try? await listener.close() }
        for session in sessions.values { session.execute { $0.shutDown() } }
        let deadline = group.any().scheduleTask(in: configuration.shutdownGracePeriod) { self.cutOff() }
        await withCheckedContinuation { continuation in
            let isEmpty = state.withLock {
                if !$0.sessions.isEmpty { $0.waiters.append(continuation) }
                return $0.sessions.isEmpty
            }
            if isEmpty { continuation.resume() }
        }
        deadline.cancel()
    }

    /// Ends the sessions that are left.
    private func cutOff() {
        let sessions = state.withLock { $0.sessions }
        configuration.logger.warning(
            "ending sessions that did not finish in time", metadata: ["sessions": "\(sessions.count)"])
        for session in sessions.values { session.execute { $0.cutOff() } }
    }

    private func accept(_ channel: any Channel) throws {
        let (id, admission): (SessionID, Admission) = state.withLock {
            let id = SessionID(rawValue: $0.nextSession)
            $0.nextSession += 1
            if $0.isShuttingDown || $0.sessions.count >= configuration.maximumSessions { return (id, .refused) }
            if let threshold = configuration.stressSessions, $0.sessions.count >= threshold { return (id, .stressed) }
            return (id, .normal)
        }
        guard admission != .refused, let client = Endpoint(channel.remoteAddress),
            let local = Endpoint(channel.localAddress)
        else {
            return refuse(channel)
        }
        let info = ConnectionInfo(session: id, client: client, local: local, time: configuration.time.now)
        let pipeline = selection.withLock { $0 }.pipeline(for: info, isUnderStress: admission == .stressed)
        let handler = ProxyHandler(
            pipeline: pipeline, info: info, configuration: configuration, statistics: statistics, pool: pool
        ) { [self] in
            remove(id)
        }
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        state.withLock { $0.sessions[id] = bound }
        do {
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch {
            remove(id)
            throw error
        }
        if state.withLock({ $0.isShuttingDown }) { bound.execute { $0.shutDown() } }
    }

    private func remove(_ id: SessionID) {
        let waiters: [CheckedContinuation<Void, Never>] = state.withLock { state in
            state.sessions[id] = nil
            guard state.sessions.isEmpty else { return [] }
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    private func refuse(_ channel: any Channel) {
        let text = "421 4.3.2 \(selection.withLock { $0.hostname }) Too many sessions, try again later\r\n"
        channel.writeAndFlush(channel.allocator.buffer(string: text)).whenComplete { _ in
            channel.close(promise: nil)
        }
    }
}

extension NIOLoopBound {
    /// Runs a closure with the value on its event loop.
    fileprivate func execute(_ body: @escaping @Sendable (Value) -> Void) {
        eventLoop.execute { body(self.value) }
    }
}
