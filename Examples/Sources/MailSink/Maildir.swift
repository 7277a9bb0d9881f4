import Foundation
import Synchronization

/// A Maildir: each message a file, written in `tmp`, forced to the disk, then moved to `new`.
///
/// A class because its identity is the point: it numbers its files.
final class Maildir: Sendable {
    private let path: String
    private let counter = Atomic<Int>(0)

    init(path: String) throws {
        self.path = path
        for part in ["tmp", "new", "cur"] {
            try FileManager.default.createDirectory(atPath: "\(path)/\(part)", withIntermediateDirectories: true)
        }
    }

    /// Keeps a message.
    ///
    /// - Returns: its file name.
    /// - Throws: what the system says if it could not be forced to the disk.
    func deliver(_ octets: [UInt8]) throws -> String {
        let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
        let name = "\(Int(Date.now.timeIntervalSince1970)).P\(getpid())Q\(number).mail-sink"
        let descriptor = open("\(path)/tmp/\(name)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(errno) }
        defer { close(descriptor) }
        var done = 0
        while done < octets.count {
            let written = octets.withUnsafeBytes {
                write(descriptor, $0.baseAddress.map { $0 + done }, $0.count - done)
            }
            guard written >= 0 || errno == EINTR else { throw Failure(errno) }
            done += max(0, written)
        }
        guard fsync(descriptor) == 0 else { throw Failure(errno) }
        guard rename("\(path)/tmp/\(name)", "\(path)/new/\(name)") == 0 else { throw Failure(errno) }
        // The name is safe only once its folder is.
        let folder = open("\(path)/new", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw Failure(errno) }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw Failure(errno) }
        return name
    }

    struct Failure: Error, CustomStringConvertible {
        let code: CInt
        init(_ code: CInt) { self.code = code }
        var description: String { String(cString: strerror(code)) }
    }
}
