import NIOCore
import NIOPosix
import Synchronization

@testable import SMTPAntivirusNIO

/// A server on a port of the loopback interface that does what a test says.
///
/// A class because its identity is the point: it owns a socket. What changes is in a mutex.
final class ScriptedServer: Sendable {
    /// What it does.
    enum Action: Sendable {
        case wait
        case send(String)
        case sendAndClose(String)
        /// It does not read any more, either.
        case sendAndReadNoMore(String)
        case close
    }

    /// What it does once it has received these octets since its last answer, on which connection, from 1. With no octets the connection is new.
    typealias Script = @Sendable (_ connection: Int, _ received: [UInt8]) -> Action

    private struct State: Sendable {
        var channels: [Int: any Channel] = [:]
        var connections = 0
        var mostOpen = 0
        var received: [Int: [UInt8]] = [:]
    }

    private let state = Mutex(State())
    private let listener: any Channel

    /// - Parameter reads: whether it reads what clients send.
    init(reads: Bool = true, _ script: @escaping Script) async throws {
        let box = Box()
        listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.autoRead, value: reads)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Handler(box, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        box.server.withLock { $0 = self }
    }

    var port: Int { listener.localAddress?.port ?? 0 }
    var address: ScannerAddress { .tcp(host: "127.0.0.1", port: port) }

    /// How many connections there were.
    var connections: Int { state.withLock { $0.connections } }
    /// How many of them are open.
    var open: Int { state.withLock { $0.channels.count } }
    /// The most that were open at a time.
    var mostOpen: Int { state.withLock { $0.mostOpen } }

    /// All that came on a connection.
    func received(_ connection: Int) -> [UInt8] { state.withLock { $0.received[connection] ?? [] } }

    /// Sends something that is no answer.
    func send(_ text: String, on connection: Int) async throws {
        try await state.withLock { $0.channels[connection] }?.writeAndFlush(ByteBuffer(string: text))
    }

    /// Closes a connection.
    func close(_ connection: Int) async throws {
        try await state.withLock { $0.channels[connection] }?.close()
    }

    /// Stops listening and closes all connections.
    func stop() async throws {
        try await listener.close()
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }

    private func opened(_ channel: any Channel) -> Int {
        state.withLock { state in
            state.connections += 1
            state.channels[state.connections] = channel
            state.mostOpen = max(state.mostOpen, state.channels.count)
            return state.connections
        }
    }

    private func closed(_ connection: Int) {
        _ = state.withLock { $0.channels.removeValue(forKey: connection) }
    }

    private func took(_ octets: [UInt8], on connection: Int) {
        state.withLock { $0.received[connection, default: []] += octets }
    }

    /// Knows the server, which does not exist yet when the handlers' maker does.
    private final class Box: Sendable { let server = Mutex<ScriptedServer?>(nil) }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let box: Box
        private let script: Script
        private var connection = 0
        private var received: [UInt8] = []

        init(_ box: Box, _ script: @escaping Script) {
            self.box = box
            self.script = script
        }

        private var server: ScriptedServer? { box.server.withLock { $0 } }

        func channelActive(context: ChannelHandlerContext) {
            connection = server?.opened(context.channel) ?? 0
            act(context)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let octets = Array(unwrapInboundIn(data).readableBytesView)
            received += octets
            server?.took(octets, on: connection)
            act(context)
        }

        func channelInactive(context: ChannelHandlerContext) {
            server?.closed(connection)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func act(_ context: ChannelHandlerContext) {
            switch script(connection, received) {
            case .wait: break
            case .send(let text):
                received = []
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendAndClose(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)))
                    .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
            case .sendAndReadNoMore(let text):
                context.channel.setOption(.autoRead, value: false)
                    .assumeIsolated().whenComplete { _ in
                        context.writeAndFlush(self.wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
                    }
            case .close: context.close(promise: nil)
            }
        }
    }
}
