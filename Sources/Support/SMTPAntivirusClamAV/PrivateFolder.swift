#if ClamAV
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif
import CLibClamAV
import Foundation

/// A folder for the files that a scan unpacks: nobody else may look into it, and it is gone with its owner.
///
/// A lock on it tells others whether its owner lives; those of the dead are removed.
final class PrivateFolder: Sendable {
    let path: String
    private let lock: CInt

    private static let prefix = "smtp-antivirus-"

    /// A new folder.
    ///
    /// - Parameter parent: where; `nil` for memory where there is some.
    init(in parent: String?) throws(ClamAVError) {
        let parent = parent ?? (Self.isMemory("/dev/shm") ? "/dev/shm" : "/tmp")
        Self.removeAbandoned(in: parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw ClamAVError(description: "no folder can be made in \(parent): \(String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if lock >= 0 { _ = flock(lock, LOCK_EX | LOCK_NB) }
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        if lock >= 0 { close(lock) }
    }

    /// Whether a folder is kept in memory, and files can be made there.
    private static func isMemory(_ path: String) -> Bool {
        #if os(Linux)
        var facts = statfs()
        let temporaryFileSystem = 0x0102_1994
        return statfs(path, &facts) == 0 && Int(facts.f_type) == temporaryFileSystem && access(path, W_OK) == 0
        #else
        return false
        #endif
    }

    private static func removeAbandoned(in parent: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? [] where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard folder >= 0 else { continue }
            var facts = stat()
            // One that was made a moment ago may not have its lock yet.
            if fstat(folder, &facts) == 0, facts.st_uid == geteuid(), time(nil) - Self.changed(facts) > 60,
                flock(folder, LOCK_EX | LOCK_NB) == 0
            {
                try? FileManager.default.removeItem(atPath: path)
            }
            close(folder)
        }
    }

    private static func changed(_ facts: stat) -> Int {
        #if canImport(Darwin)
        facts.st_mtimespec.tv_sec
        #else
        facts.st_mtim.tv_sec
        #endif
    }
}
#endif
