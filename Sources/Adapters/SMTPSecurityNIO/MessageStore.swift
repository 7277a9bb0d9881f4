import NIOCore
import NIOPosix
import SMTPSecurity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps one message until it is complete: in memory up to a limit, above it in a file without a name, which vanishes with
/// the process.
///
/// Not `Sendable`: it belongs to one session and its event loop. File access happens on a thread pool.
final class MessageStore {
    private let memoryLimit: Int
    private let directory: String
    private let pool: NIOThreadPool
    private let eventLoop: any EventLoop
    private var memory: [UInt8] = []
    private var file: SpillFile?
    private(set) var count: UInt64 = 0

    init(memoryLimit: Int, directory: String, pool: NIOThreadPool, eventLoop: any EventLoop) {
        self.memoryLimit = memoryLimit
        self.directory = directory
        self.pool = pool
        self.eventLoop = eventLoop
    }

    /// Keeps a piece.
    ///
    /// - Returns: `nil` if it is kept already; otherwise a future to wait for before the next piece.
    func append(_ piece: Span<UInt8>) -> EventLoopFuture<Void>? {
        let offset = count
        count += UInt64(piece.count)
        if file == nil, memory.count + piece.count <= memoryLimit {
            memory.append(copying: piece)
            return nil
        }
        var octets: [UInt8] = []
        let opened = file
        if opened == nil { swap(&octets, &memory) }
        let start = opened == nil ? 0 : offset
        octets.append(copying: piece)
        let directory = directory
        let chunk = octets
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        return pool.runIfActive(eventLoop: eventLoop) {
            let file = try opened ?? SpillFile(in: directory)
            try file.write(chunk, at: start)
            return file
        }.map { bound.value.file = $0 }
    }

    /// What was kept, for checks. It stays readable after ``reset()``.
    var content: MessageContent {
        guard let file else { return MessageContent(memory) }
        let pool = pool
        return MessageContent(count: count) { offset, limit in
            try await pool.runIfActive { try file.read(at: offset, count: limit) }
        }
    }

    /// The octets from `offset`, at most `limit`.
    func read(from offset: UInt64, limit: Int) -> EventLoopFuture<[UInt8]> {
        guard let file else {
            let start = Int(clamping: min(offset, UInt64(memory.count)))
            return eventLoop.makeSucceededFuture(Array(memory[start..<min(memory.count, start + limit)]))
        }
        return pool.runIfActive(eventLoop: eventLoop) { try file.read(at: offset, count: limit) }
    }

    /// Forgets what was kept.
    func reset() {
        memory.removeAll(keepingCapacity: false)
        file = nil
        count = 0
    }
}

/// A temporary file without a name. Closed when nobody refers to it any more.
///
/// A class because its identity is the point: it owns a descriptor. Its one property never changes, and reading and writing
/// at offsets does not move anything shared.
private final class SpillFile: Sendable {
    private let descriptor: CInt

    init(in directory: String) throws {
        var template = Array("\(directory)/smtp-message-XXXXXX".utf8CString)
        let opened = mkstemp(&template)
        guard opened >= 0 else { throw IOError(errnoCode: errno, reason: "mkstemp") }
        _ = fcntl(opened, F_SETFD, FD_CLOEXEC)
        unlink(template)
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    func write(_ octets: [UInt8], at offset: UInt64) throws {
        var done = 0
        while done < octets.count {
            let written = octets.withUnsafeBytes { bytes in
                pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(offset) + off_t(done))
            }
            if written < 0 {
                if errno == EINTR { continue }
                throw IOError(errnoCode: errno, reason: "pwrite")
            }
            done += written
        }
    }

    func read(at offset: UInt64, count: Int) throws -> [UInt8] {
        guard count > 0 else { return [] }
        return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            initialized = 0
            while initialized < count {
                let received = pread(
                    descriptor, buffer.baseAddress.map { $0 + initialized }, count - initialized,
                    off_t(offset) + off_t(initialized))
                if received < 0 {
                    if errno == EINTR { continue }
                    throw IOError(errnoCode: errno, reason: "pread")
                }
                if received == 0 { break }
                initialized += received
            }
        }
    }
}

extension [UInt8] {
    /// Appends borrowed octets.
    mutating func append(copying span: Span<UInt8>) {
        span.withUnsafeBufferPointer { append(contentsOf: $0) }
    }
}
