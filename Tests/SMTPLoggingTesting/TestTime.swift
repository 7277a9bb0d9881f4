public import SMTPSecurity
import Synchronization

/// A time that stands still until a test moves it.
public final class TestTime: Sendable {
    private let time: Mutex<Timestamp>

    /// The time is 2027-01-15T08:00:00Z, or another one.
    public init(_ start: Timestamp = Timestamp(seconds: 1_800_000_000)) { time = Mutex(start) }

    /// The time.
    public var now: Timestamp { time.withLock { $0 } }

    /// Time passes.
    public func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}
