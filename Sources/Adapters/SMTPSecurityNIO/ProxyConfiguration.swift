public import Logging
public import NIOCore
public import SMTPSecurity
public import Tracing

/// How a proxy works, apart from what it checks.
public struct ProxyConfiguration: Sendable {
    /// The upstream server's host: a name or an address.
    public var upstreamHost: String
    /// The upstream server's port.
    public var upstreamPort: Int
    /// When the upstream connection is made.
    public var upstreamConnection = UpstreamConnectionTime.lazy
    /// How long to wait for the upstream server.
    public var upstreamTimeouts = UpstreamSession.Timeouts()
    /// The most sessions at a time; further clients get 421.
    public var maximumSessions = 10_000
    /// From how many sessions on new ones run under stress, see `SessionSettings.isUnderStress`; `nil` for never.
    public var stressSessions: Int?
    /// How many octets of a message that is kept for a check stay in memory; the rest goes to a file.
    public var messageMemoryLimit = 1_048_576
    /// The folder for such files.
    public var temporaryDirectory = "/tmp"
    /// How long sessions may take to finish their transactions when the proxy stops.
    public var shutdownGracePeriod = TimeAmount.seconds(60)
    /// Receives what happens.
    public var logger: Logger
    /// Hear of violations and of what sessions count.
    public var observers: [any SessionObserver] = []
    /// Makes a digest of a message in which a check found something, for ``observers``: by it a copy that somebody has is known again. `nil`
    /// for none.
    ///
    /// The session waits meanwhile, after the checks. Only checks that were given the whole message and took time have one made.
    public var messageDigest: (@Sendable (_ message: MessageContent) async -> String?)?
    /// Receives a span of each session, of its mail transactions, and of each check that takes time; `nil` for none, which
    /// costs nothing.
    ///
    /// For the one that the program was set up with write `configuration.tracer = InstrumentationSystem.tracer`, after
    /// `InstrumentationSystem.bootstrap(_:)`.
    public var tracer: (any Tracer)?
    /// Keeps what happens in sessions for a replay, mail included; `nil` for nobody.
    public var recorder: (any SessionRecorder)?
    /// The time.
    public var time = SessionTime.system

    /// The upstream server's address, if the host is one.
    var upstreamAddress: SocketAddress? { try? SocketAddress(ipAddress: upstreamHost, port: upstreamPort) }

    /// A proxy in front of this server.
    public init(upstreamHost: String, upstreamPort: Int, logger: Logger = Logger(label: "smtp-proxy")) {
        self.upstreamHost = upstreamHost
        self.upstreamPort = upstreamPort
        self.logger = logger
    }
}
