import NIOCore
import NIOPosix

@testable import SMTPAntivirusNIO

/// A server that accepts nothing, and has as many waiting already as the system lets wait: connections to it are never made.
struct SaturatedServer {
    let address: ScannerAddress
    private let listener: any Channel
    private let clients: [any Channel]

    init() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 1)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        var clients: [any Channel] = []
        while clients.count < 100,
            let client = try? await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.milliseconds(100)).connect(host: "127.0.0.1", port: port).get()
        {
            clients.append(client)
        }
        guard clients.count < 100 else { throw Problem(description: "the server accepts everything") }
        self.listener = listener
        self.clients = clients
        address = .tcp(host: "127.0.0.1", port: port)
    }

    func stop() async throws {
        try await listener.close()
        for client in clients { client.close(promise: nil) }
    }
}
