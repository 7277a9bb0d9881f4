public import NIOCore
public import NIOPosix
public import SMTPAntivirus

/// Has samples scanned by clamd, over a socket.
///
/// ```swift
/// let scanner = ClamdScanner(try ScannerAddress(parsing: "/run/clamav/clamd.ctl"))
/// let verdict = await scanner.scan(sample)
/// ```
///
/// Samples are sent by `INSTREAM`, so clamd needs no access to files; its `StreamMaxLength` has to be at least as large as the samples are. What clamd
/// does not scan out, by `MaxScanSize` and other limits, it finds clean unless `AlertExceedsMax` and `AlertEncrypted` are on.
public struct ClamdScanner: VirusScanner {
    /// `clamd`.
    public var name: String { "clamd" }

    private let pool: ScannerConnectionPool
    private let reusesConnections: Bool

    /// A scanner. It connects when there is something to scan.
    ///
    /// - Parameters:
    ///   - address: where clamd listens.
    ///   - configuration: its connections, and how long it may take.
    ///   - eventLoopGroup: has to run for as long as the scanner is used.
    public init(
        _ address: ScannerAddress, configuration: ClamdConfiguration = ClamdConfiguration(),
        eventLoopGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton
    ) {
        reusesConnections = configuration.reusesConnections
        pool = ScannerConnectionPool(
            address, limit: configuration.maximumConnections, connectTimeout: configuration.connectTimeout,
            idleTime: configuration.idleTime, eventLoopGroup: eventLoopGroup)
    }

    /// Sends a sample to clamd and waits for what it says.
    public func scan(_ sample: ScanSample) async -> ScanVerdict {
        // clamd takes no more than 2 GiB, whatever its configuration says.
        guard sample.octets.count <= Int(Int32.max) else { return .unscanned(.tooLarge) }
        let isSession = reusesConnections
        return await pool.run { number in ClamdExchange(sample, number: isSession ? number : nil) }?.scanVerdict
            ?? .unscanned(.unavailable("nothing was asked"))
    }

    /// Asks clamd what it is, on a connection of its own.
    ///
    /// - Throws: ``ScannerError`` if clamd is away, or its answer is not understood.
    public func version() async throws(ScannerError) -> ClamdVersion {
        let reply = await pool.run(onNewConnection: true) { _ in ClamdVersionExchange() }
        if case .version(let version) = reply { return version }
        throw ScannerError(reason: reply?.failure ?? .unavailable("the answer belongs to another request"))
    }

    /// Closes all connections. What is being scanned ends without a verdict, and nothing is scanned afterwards.
    public func shutdown() async {
        await pool.shutdown()
    }
}
