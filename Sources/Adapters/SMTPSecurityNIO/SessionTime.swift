import NIOCore
public import SMTPSecurity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Gives sessions the time: wall-clock time at the start of the process, carried on by the monotonic clock, so that a
/// changed system clock neither ends sessions nor reorders Support IDs.
public struct SessionTime: Sendable {
    private let read: @Sendable () -> Timestamp

    /// A time source of one's own, for tests.
    public init(_ read: @escaping @Sendable () -> Timestamp) {
        self.read = read
    }

    /// The time.
    public var now: Timestamp { read() }

    /// The time of this machine.
    public static let system: SessionTime = {
        var wall = timespec()
        clock_gettime(CLOCK_REALTIME, &wall)
        let start = Int64(wall.tv_sec) * 1_000_000_000 + Int64(wall.tv_nsec)
        let origin = NIODeadline.now()
        return SessionTime {
            Timestamp(nanoseconds: start + (NIODeadline.now() - origin).nanoseconds)
        }
    }()
}
