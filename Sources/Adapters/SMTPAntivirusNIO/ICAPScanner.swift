public import NIOCore
public import NIOPosix
public import SMTPAntivirus
import Synchronization

/// Has samples scanned by an ICAP service (RFC 3507), such as c-icap's `virus_scan`.
///
/// ```swift
/// let scanner = ICAPScanner(try ICAPURL(parsing: "icap://127.0.0.1/virus_scan"))
/// let verdict = await scanner.scan(sample)
/// ```
///
/// The service is made to believe that the sample comes from or goes to a web server. A sample is clean if the service leaves it as it is, so the service
/// has to be set up to let nothing pass that it has not scanned: in c-icap by `virus_scan.ScanFileTypes`, `virus_scan.MaxObjectSize` and
/// `virus_scan.PassOnError`. Where c-icap begins to send samples back before it has scanned them, it does not say what it has found in them: they are
/// infected with `modified by icap`, unless `virus_scan.StartSendPercentDataAfter` is larger than they are.
public struct ICAPScanner: VirusScanner {
    /// What is known of the service.
    private struct Service: Sendable {
        var options: ICAPOptions?
        var expiry = NIODeadline.distantPast
        var tag: String?

        /// What the service can do, if it was asked a short time ago.
        var currentOptions: ICAPOptions? { NIODeadline.now() < expiry ? options : nil }
    }

    /// A class because a mutex stays where it is.
    private final class Knowledge: Sendable { let service = Mutex(Service()) }

    /// `icap`.
    public var name: String { "icap" }

    /// The tag of the service (`ISTag`, RFC 3507 §4.7), which changes with its signatures; `nil` before the first answer.
    public var signatureVersion: String? { knowledge.service.withLock { $0.tag } }

    private let url: ICAPURL
    private let configuration: ICAPConfiguration
    private let pool: ScannerConnectionPool
    private let knowledge = Knowledge()

    /// A scanner. It connects when there is something to scan.
    ///
    /// - Parameters:
    ///   - url: where the service is.
    ///   - configuration: its connections, and how long it may take.
    ///   - eventLoopGroup: has to run for as long as the scanner is used.
    public init(
        _ url: ICAPURL, configuration: ICAPConfiguration = ICAPConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        self.url = url
        self.configuration = configuration
        pool = ScannerConnectionPool(
            .tcp(host: url.host, port: url.port), limit: configuration.maximumConnections,
            connectTimeout: configuration.connectTimeout, idleTime: configuration.idleTime,
            eventLoopGroup: eventLoopGroup)
    }

    /// Sends a sample to the service and waits for what it says. In a sample without octets nothing can be found, so the service is not asked.
    public func scan(_ sample: ScanSample) async -> ScanVerdict {
        guard !sample.octets.isEmpty else { return .clean }
        let options: ICAPOptions
        switch await serviceOptions() {
        case .options(let current): options = current
        case let reply: return reply.scanVerdict
        }
        let (url, configuration) = (url, configuration)
        let reply = await pool.run { _ in
            ICAPExchange(sample, url: url, options: options, configuration: configuration)
        }
        knowledge.service.withLock { service in
            switch reply {
            case .verdict(_, let tag?): service.tag = tag
            case .verdict(_, nil): break
            // The service may not be what it was any more.
            default: service.options = nil
            }
        }
        return reply?.scanVerdict ?? .unscanned(.unavailable("nothing was asked"))
    }

    /// Closes all connections. What is being scanned ends without a verdict, and nothing is scanned afterwards.
    public func shutdown() async {
        await pool.shutdown()
    }

    /// Asks the service what it can do, unless that is known.
    private func serviceOptions() async -> ScannerReply {
        if let options = knowledge.service.withLock({ $0.currentOptions }) { return .options(options) }
        let (url, method, knowledge) = (url, configuration.method, knowledge)
        let reply = await pool.run { _ in
            // Another one may have asked meanwhile.
            knowledge.service.withLock { $0.currentOptions } == nil ? ICAPOptionsExchange(url, method: method) : nil
        }
        guard let reply else { return await serviceOptions() }
        guard case .options(let options) = reply else { return reply }
        let lifetime = options.lifetime.map { min(TimeAmount.seconds(Int64($0)), configuration.optionsLifetime) }
        knowledge.service.withLock { service in
            service.options = options
            service.expiry = .now() + (lifetime ?? configuration.optionsLifetime)
            service.tag = options.serviceTag ?? service.tag
        }
        pool.setServerLimit(options.maximumConnections)
        return reply
    }
}
