public import Logging
public import NIOPosix
public import SMTPSecurity
import Synchronization
public import Tracing

/// How ``SMTPServerHandler`` works, apart from what it checks.
public struct SMTPServerConfiguration: Sendable {
    /// How many octets of a message that is kept for a check stay in memory; the rest goes to a file.
    public var messageMemoryLimit = 1_048_576
    /// The folder for such files.
    public var temporaryDirectory = "/tmp"
    /// The most octets of input that wait while the session is busy.
    public var readAhead = 16_384
    /// Threads for file access.
    public var pool: NIOThreadPool = .singleton
    /// Receives what is counted.
    public var statistics: StatisticsCollector?
    /// Receives what happens.
    public var logger = Logger(label: "smtp-server")
    /// Receives a span of each session, of its mail transactions, and of each check that takes time; `nil` for none, which
    /// costs nothing.
    ///
    /// For the one that the program was set up with write `configuration.tracer = InstrumentationSystem.tracer`, after
    /// `InstrumentationSystem.bootstrap(_:)`.
    public var tracer: (any Tracer)?
    /// The time.
    public var time = SessionTime.system
    private let sessions = SessionCounter()

    /// The defaults.
    public init() {}

    func nextSession() -> SessionID { sessions.next() }
}

/// Numbers sessions. A class because its identity is the point: all connections of a server share one.
private final class SessionCounter: Sendable {
    private let newest = Atomic<UInt64>(0)

    func next() -> SessionID {
        SessionID(rawValue: newest.wrappingAdd(1, ordering: .relaxed).newValue)
    }
}
