import Logging
import NIOCore
import NIOPosix
import SMTPSecurity
import SMTPSecurityNIO
import Synchronization
import Tracing

/// A raw client on loopback that waits for what it wants to see.
final class RawClient: Sendable {
    private struct State {
        var seen = ""
        var wanted: (String, CheckedContinuation<String, Never>)?
        var isClosed = false
    }

    private final class Handler: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let client: RawClient
        init(_ client: RawClient) { self.client = client }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            client.receive(String(buffer: unwrapInboundIn(data)))
        }
        func channelInactive(context: ChannelHandlerContext) { client.close() }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    static func connect(to endpoint: Endpoint) async throws -> RawClient {
        let client = RawClient()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: false)
            .channelInitializer { $0.pipeline.addHandler(Handler(client)) }
            .connect(host: "127.0.0.1", port: Int(endpoint.port)).get()
        client.channel.withLock { $0 = channel }
        return client
    }

    /// Waits until the text stands in what was seen since the last call, or the connection is closed.
    func see(_ text: String) async -> String {
        await withCheckedContinuation { continuation in
            let answer: String? = state.withLock {
                if let answer = Self.take(text, &$0) { return answer }
                $0.wanted = (text, continuation)
                return nil
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ octets: [UInt8]) async throws {
        guard let channel = channel.withLock({ $0 }) else { return }
        try await channel.writeAndFlush(ByteBuffer(bytes: octets)).get()
    }

    /// Sends a command and gives the answer.
    func play(_ command: String) async throws -> String {
        try await send(command)
        return await see("\r\n")
    }

    /// Says that nothing more will be sent.
    func finish() async throws {
        try await channel.withLock { $0 }?.close(mode: .output).get()
    }

    func disconnect() async throws { try await channel.withLock { $0 }?.close().get() }

    private func receive(_ text: String) {
        let ready = state.withLock { state -> (CheckedContinuation<String, Never>, String)? in
            state.seen += text
            guard let (wanted, continuation) = state.wanted, let answer = Self.take(wanted, &state) else { return nil }
            return (continuation, answer)
        }
        ready?.0.resume(returning: ready?.1 ?? "")
    }

    private func close() {
        let ready = state.withLock { state -> (CheckedContinuation<String, Never>, String)? in
            state.isClosed = true
            guard let (wanted, continuation) = state.wanted, let answer = Self.take(wanted, &state) else { return nil }
            return (continuation, answer)
        }
        ready?.0.resume(returning: ready?.1 ?? "")
    }

    private static func take(_ text: String, _ state: inout State) -> String? {
        guard state.seen.contains(text) || state.isClosed else { return nil }
        defer {
            state.seen = ""
            state.wanted = nil
        }
        return state.seen
    }
}

/// A mail server of its own on ``SMTPServerHandler``, that keeps what it is given.
final class Keeper: Sendable {
    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = SMTPServerEvent
        typealias OutboundOut = Reply
        private let keeper: Keeper
        private var message: [UInt8] = []
        init(_ keeper: Keeper) { self.keeper = keeper }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .content(let octets): message += octets
            case .abortMessage:
                message = []
                keeper.kept.withLock { $0.aborted += 1 }
            case .endOfMessage:
                let kept = message
                message = []
                keeper.kept.withLock { $0.messages.append(kept) }
                context.write(wrapOutboundOut(Reply(250, EnhancedStatusCode(2, 0, 0), "Kept")), promise: nil)
            case .authenticationResponse: context.write(wrapOutboundOut(Reply(501, "No")), promise: nil)
            case .command(let command):
                keeper.kept.withLock { $0.commands.append(String(decoding: command.line, as: UTF8.self)) }
                let reply: Reply =
                    switch command.verb {
                    case .data, .bdat: Reply(354, "Go ahead")
                    case .ehlo: Reply(250, lines: ["keeper", "8BITMIME", "SIZE"])
                    default: Reply(250, EnhancedStatusCode(2, 0, 0), "OK")
                    }
                context.write(wrapOutboundOut(reply), promise: nil)
            }
        }
    }

    struct Kept: Sendable {
        var messages: [[UInt8]] = []
        var commands: [String] = []
        var aborted = 0
    }

    let kept = Mutex(Kept())

    var messages: [[UInt8]] { kept.withLock { $0.messages } }
    var commands: [String] { kept.withLock { $0.commands } }

    func listen<Checks>(
        _ pipeline: CheckPipeline<Checks>, tracer: (any Tracer)? = nil
    ) async throws -> Endpoint {
        var configuration = SMTPServerConfiguration()
        configuration.tracer = tracer
        configuration.messageMemoryLimit = 1_000
        let server = configuration
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        SMTPServerHandler(pipeline: pipeline, configuration: server), Handler(self),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return Endpoint(.v4(0x7F00_0001), port: UInt16(listener.localAddress?.port ?? 0))
    }
}

/// Wants whole messages; refuses those that hold a word.
struct NoWord: SecurityCheck {
    static let name = "word"
    static let stages: StageSet = .message
    static let found = ViolationDefinition(
        check: name, name: "found", summary: "Found.", reply: Reply(554, EnhancedStatusCode(5, 7, 1), "Not this word"))
    static let violations = [found]

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        guard case .message(let message) = event else { return .pass }
        return .later { _ throws(CheckFailure) in
            let octets: [UInt8]
            do { octets = try await message.octets() } catch { throw CheckFailure("\(error)") }
            guard UInt64(octets.count) == message.count else { throw CheckFailure("short") }
            return String(decoding: octets.suffix(100), as: UTF8.self).contains("forbidden")
                ? .violation(Self.found) : .pass
        }
    }
}
