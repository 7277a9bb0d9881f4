#if Redis

import SMTPSecurity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Wakes a thread that sleeps in `poll`: a pipe, of which nobody ever waits for room.
///
/// A class because its identity is the point: it owns two descriptors, which never change until it goes.
final class Waker: Sendable {
    /// Readable once ``wake()`` was called, until ``rest()``.
    let descriptor: CInt
    private let entrance: CInt

    init() throws(CheckFailure) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw CheckFailure("no pipe for a connection to Redis: \(systemError(errno))") }
        descriptor = ends[0]
        entrance = ends[1]
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
    }

    deinit {
        close(descriptor)
        close(entrance)
    }

    /// Ends the sleep, or the next one. A full pipe means that it is woken already.
    func wake() {
        var octet: UInt8 = 1
        _ = write(entrance, &octet, 1)
    }

    /// Takes what was written.
    func rest() {
        var octets: (UInt64, UInt64) = (0, 0)
        while read(descriptor, &octets, 16) == 16 {}
    }

    /// Sleeps until it is woken, but not longer than to a moment.
    func sleep(until moment: Int64) {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        if poll(&waited, 1, MonotonicClock.pollTime(until: moment)) > 0 { rest() }
    }
}

/// The system's words for an error number.
func systemError(_ number: CInt) -> String {
    var text = [CChar](repeating: 0, count: 128)
    guard strerror_r(number, &text, text.count) == 0 else { return "error \(number)" }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

#endif
