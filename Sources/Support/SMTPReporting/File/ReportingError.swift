#if SQLite
/// Why a transaction log could not be opened, written or read.
public enum ReportingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file does not exist, and is not made by reading.
    case fileMissing(path: String)
    /// The folder of the file does not exist.
    case folderMissing(path: String)
    /// The path is that of a folder, a device or something else that is not a file.
    case notAFile(path: String)
    /// The file exists, but is not a SQLite database.
    case notADatabase(path: String)
    /// The file is a SQLite database of another application.
    case otherApplication(path: String)
    /// The file was written by a newer version of this library.
    case newerVersion(path: String)
    /// The file was written by an older version of this library, and only a log that writes to it brings it up to date.
    case olderVersion(path: String)
    /// Another process holds the file.
    case inUse(path: String)
    /// The file or its folder cannot be accessed.
    case notAccessible(path: String, reason: String)
    /// There is no room for the file to grow.
    case diskFull(path: String)
    /// The file is a transaction log, but damaged.
    case damaged(path: String, reason: String)
    /// The log was closed.
    case closed(path: String)
    /// A question asks for too much.
    case tooMuch(reason: String)
    /// Anything else that the system or SQLite says.
    case failed(path: String, reason: String)

    /// The file, what is wrong with it, and what would be right.
    public var description: String {
        switch self {
        case .fileMissing(let path):
            "\(path): no such file; give the path of the file that the proxy writes its transaction log to"
        case .folderMissing(let path):
            "\(path): the folder does not exist; create it, writable for this process only"
        case .notAFile(let path):
            "\(path): not a regular file; give the path of a file, which is created if it does not exist"
        case .notADatabase(let path):
            "\(path): not a SQLite database; give the path of a transaction log, or of a new file"
        case .otherApplication(let path):
            "\(path): a SQLite database of another application; give the path of a transaction log, or of a new file"
        case .newerVersion(let path):
            "\(path): written by a newer version of this library; use that version, or another file"
        case .olderVersion(let path):
            "\(path): written by an older version of this library; open it for writing once to bring it up to date"
        case .inUse(let path):
            "\(path): in use by another process; try again, or stop that one"
        case .notAccessible(let path, let reason):
            "\(path): cannot be accessed (\(reason)); this process needs access to the file and to its folder"
        case .diskFull(let path):
            "\(path): no room left; make room on the disk"
        case .damaged(let path, let reason):
            "\(path): damaged (\(reason)); restore it from a copy, or move it away to start with an empty one"
        case .closed(let path):
            "\(path): the transaction log was closed"
        case .tooMuch(let reason):
            reason
        case .failed(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
#endif
