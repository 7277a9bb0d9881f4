import ArgumentParser
import Foundation
public import Logging
public import SMTPDNS
import SMTPDNSUnbound

/// A resolver that is chosen at run time; what it answers is shared by all checks.
public struct NameResolver: DNSResolver {
    private let base: CachingResolver<Chosen>

    private struct Chosen: DNSResolver {
        let resolver: any DNSResolver

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            try await resolver.answer(question)
        }
    }

    private init(_ resolver: any DNSResolver) { base = CachingResolver(Chosen(resolver: resolver)) }

    /// Answers a question.
    ///
    /// - Throws: why there is no answer.
    public func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        try await base.answer(question)
    }

    /// A resolver that answers from a master file.
    ///
    /// - Throws: what is wrong with it, in words for whoever started the program.
    public static func open(zone file: String) throws -> NameResolver {
        do {
            return NameResolver(try ZoneResolver(masterFile: String(contentsOfFile: file, encoding: .utf8)))
        } catch {
            throw ValidationError("--zone \(file): \(error)")
        }
    }

    /// A resolver that asks others.
    ///
    /// - Throws: what is wrong with it, in words for whoever started the program.
    public static func open(
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
