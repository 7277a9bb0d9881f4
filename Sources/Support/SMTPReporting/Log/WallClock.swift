import Foundation
import SMTPSecurity

/// The clock of the system, for when nothing depends on it exactly: what is too old, and what was said a minute ago.
enum WallClock {
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }
}
