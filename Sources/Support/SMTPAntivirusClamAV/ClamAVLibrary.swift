#if ClamAV
import CLibClamAV
import Foundation
import Logging
import Synchronization

/// What there is once in a process: the library's own start, and where its messages go.
enum ClamAVLibrary {
    private struct Messages: Sendable {
        var logger: Logger?
        /// The thread that loads a database, of which the messages are kept.
        var loader: UInt?
        var kept: [String] = []
    }

    private static let messages = Mutex(Messages())
    /// One database is loaded at a time: loading takes more memory than anything else.
    private static let loading = Mutex(())

    private static let status: cl_error_t = {
        cl_set_clcb_msg { severity, _, text, _ in
            guard let text else { return }
            ClamAVLibrary.note(severity, String(cString: text))
        }
        return cl_init(UInt32(CL_INIT_DEFAULT))
    }()

    /// Starts the library, if it has not been.
    static func start(logger: Logger?) throws(ClamAVError) {
        if let logger { messages.withLock { $0.logger = logger } }
        guard status == CL_SUCCESS else { throw ClamAVError(description: "libclamav cannot be used: \(text(status))") }
    }

    /// What the library calls an error.
    static func text(_ error: cl_error_t) -> String { String(cString: cl_strerror(error)) }

    /// Does something while no other database is loaded.
    ///
    /// - Returns: what it gives, and the messages that the library had meanwhile.
    static func load<Value>(_ body: () throws(ClamAVError) -> Value) throws(ClamAVError) -> (Value, [String]) {
        try loading.withLock { _ throws(ClamAVError) in
            messages.withLock {
                $0.loader = currentThread
                $0.kept = []
            }
            defer { messages.withLock { $0.loader = nil } }
            let value = try body()
            return (value, messages.withLock { $0.kept })
        }
    }

    private static var currentThread: UInt {
        #if canImport(Darwin)
        UInt(bitPattern: pthread_self())
        #else
        UInt(pthread_self())
        #endif
    }

    /// The last message of the load that is under way.
    static var lastMessage: String? { messages.withLock { $0.kept.last } }

    private static func note(_ severity: cl_msg, _ text: String) {
        // What is scanned has a say in this: one line of printable text.
        let line = String(
            String.UnicodeScalarView(
                text.unicodeScalars.prefix(300).map { (0x20..<0x7f).contains($0.value) ? $0 : " " })
        ).trimmingCharacters(in: .whitespaces)
        let thread = currentThread
        let logger = messages.withLock { messages -> Logger? in
            if messages.loader == thread, messages.kept.count < 20 { messages.kept.append(line) }
            return messages.logger
        }
        logger?.debug("libclamav", metadata: ["severity": "\(severity.rawValue)", "text": "\(line)"])
    }
}
#endif
