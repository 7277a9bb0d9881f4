import Foundation
import SMTPSecurity

extension Timestamp {
    /// The time of the system's clock.
    static var systemTime: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(nanoseconds: Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec))
    }

    /// For people, in UTC: `2027-01-15T08:00:00Z`.
    var text: String { text("%Y-%m-%dT%H:%M:%SZ") }

    /// For the names of files: `20270115T080000Z`.
    var fileName: String { text("%Y%m%dT%H%M%SZ") }

    private func text(_ format: String) -> String {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        guard gmtime_r(&seconds, &parts) != nil else { return "\(nanoseconds)" }
        var text = [CChar](repeating: 0, count: 64)
        let count = strftime(&text, text.count, format, &parts)
        return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
