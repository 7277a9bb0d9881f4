import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import SMTPDNS
import SMTPDNSUnbound
import SMTPSecurity

/// Who answers the checks' questions about names.
enum ResolverLocation: ExpressibleByArgument, CustomStringConvertible, Sendable {
    case system
    case root
    case server(HostPort)

    init?(argument: String) {
        switch argument {
        case "system": self = .system
        case "root": self = .root
        default:
            guard let server = HostPort(argument: argument) else { return nil }
            self = .server(server)
        }
    }

    var description: String {
        switch self {
        case .system: "system"
        case .root: "root"
        case .server(let server): "\(server)"
        }
    }
}

/// A resolver that is chosen at run time; what it answers is shared by all checks.
struct NameResolver: DNSResolver {
    private let base: CachingResolver<Chosen>

    private struct Chosen: DNSResolver {
        let resolver: any DNSResolver

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            try await resolver.answer(question)
        }
    }

    private init(_ resolver: any DNSResolver) { base = CachingResolver(Chosen(resolver: resolver)) }

    func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer { try await base.answer(question) }

    /// A resolver that answers from a master file.
    ///
    /// - Throws: what is wrong with it, in words for whoever started the program.
    static func open(zone file: String) throws -> NameResolver {
        do {
            return NameResolver(try ZoneResolver(masterFile: String(contentsOfFile: file, encoding: .utf8)))
        } catch {
            throw ValidationError("--zone \(file): \(error)")
        }
    }

    /// A resolver that asks others.
    ///
    /// - Throws: what is wrong with it, in words for whoever started the program.
    static func open(
        _ location: ResolverLocation, timeout: Duration, trustAnchors: String?, _ logger: Logger
    ) throws -> NameResolver {
        var configuration = UnboundConfiguration()
        configuration.deadline = timeout
        configuration.trustAnchorFile = trustAnchors
        switch location {
        case .system: configuration.upstream = .system
        case .root: configuration.upstream = .root
        case .server(let server):
            let late = LateResolver(server, configuration, logger)
            return NameResolver(late)
        }
        do {
            return NameResolver(try UnboundResolver(configuration))
        } catch {
            throw ValidationError("--resolver \(location): \(error)")
        }
    }
}

/// A resolver at a host whose name may not be known yet: until it is, every question fails, and mail goes the way that the checks' failure
/// modes say.
///
/// An actor because its identity is the point: it looks the host up once for all who ask.
private actor LateResolver: DNSResolver {
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
