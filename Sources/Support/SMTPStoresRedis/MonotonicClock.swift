#if Redis

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A clock for deadlines: nanoseconds that only ever grow.
enum MonotonicClock {
    static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// What `poll` is to wait until a moment: whole milliseconds, rounded up, so that the moment has come afterwards.
    static func pollTime(until moment: Int64) -> CInt {
        let (left, overflow) = moment.subtractingReportingOverflow(now)
        guard !overflow, left > 0 else { return overflow ? CInt.max : 0 }
        return CInt(clamping: (left - 1) / 1_000_000 + 1)
    }

    /// The moment after a duration; saturates.
    static func moment(after duration: Int64) -> Int64 {
        let (moment, overflow) = now.addingReportingOverflow(duration)
        return overflow ? .max : moment
    }
}

#endif
