import Logging
import NIOCore
import NIOPosix
import SMTPDNS
import SMTPDNSUnbound
import SMTPSecurity

/// A resolver at a host whose name may not be known yet: until it is, every question fails, and mail goes the way that the checks' failure
/// modes say.
///
/// An actor because its identity is the point: it looks the host up once for all who ask.
actor LateResolver: DNSResolver {
    private let server: HostPort
    private let configuration: UnboundConfiguration
    private let logger: Logger
    private var resolver: UnboundResolver?
    private var lastTry: ContinuousClock.Instant?

    init(_ server: HostPort, _ configuration: UnboundConfiguration, _ logger: Logger) {
        self.server = server
        self.configuration = configuration
        self.logger = logger
    }

    nonisolated func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        guard let resolver = await known() else { throw .serverFailure }
        return try await resolver.answer(question)
    }

    private func known() -> UnboundResolver? {
        if let resolver { return resolver }
        if let lastTry, lastTry.duration(to: .now) < .seconds(30) { return nil }
        lastTry = .now
        do {
            let host = try SocketAddress.makeAddressResolvingHost(server.host, port: server.port)
            guard let address = host.ipAddress, let port = host.port else { return nil }
            var configuration = configuration
            configuration.upstream = .forwarders([.init(try IPAddress(address), port: UInt16(port))])
            resolver = try UnboundResolver(configuration)
        } catch {
            logger.error(
                "the resolver cannot be used; trying again in 30 seconds",
                metadata: ["resolver": "\(server)", "error": "\(error)"])
        }
        return resolver
    }
}
