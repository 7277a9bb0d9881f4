#if Redis

import SMTPSecurity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A thread of the system's own, for work that may block: the threads that run tasks must not.
///
/// A class because the thread gets a reference to it.
final class SystemThread: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    /// Starts a thread that runs this and ends.
    ///
    /// - Throws: if the system has no further threads.
    static func start(_ body: @escaping @Sendable () -> Void) throws(CheckFailure) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, CInt(PTHREAD_CREATE_DETACHED))
        let thread = Unmanaged.passRetained(SystemThread(body))
        #if canImport(Darwin)
        var started: pthread_t?
        #else
        var started = pthread_t()
        #endif
        let result = pthread_create(&started, &attributes, systemThreadMain, thread.toOpaque())
        guard result == 0 else {
            thread.release()
            throw CheckFailure("no thread for a connection to Redis: \(systemError(result))")
        }
    }

    fileprivate func run() {
        // Signals are for the program's other threads; SIGPIPE, which OpenSSL can raise, is for none.
        var signals = sigset_t()
        sigfillset(&signals)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
        body()
    }
}

#if canImport(Darwin)
private func systemThreadMain(_ thread: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<SystemThread>.fromOpaque(thread).takeRetainedValue().run()
    return nil
}
#else
private func systemThreadMain(_ thread: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let thread { Unmanaged<SystemThread>.fromOpaque(thread).takeRetainedValue().run() }
    return nil
}
#endif

#endif
