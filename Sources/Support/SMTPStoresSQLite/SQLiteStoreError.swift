#if SQLite
/// Why a ``SQLiteStore`` could not be opened.
public enum SQLiteStoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The folder of the file does not exist.
    case folderMissing(path: String)
    /// The path is that of a folder, a device or something else that is not a file.
    case notAFile(path: String)
    /// The file exists, but is not a SQLite database.
    case notADatabase(path: String)
    /// The file is a SQLite database of another application.
    case otherApplication(path: String)
    /// Another process has the file open.
    case inUse(path: String)
    /// The file was written by a newer version of this library.
    case newerVersion(path: String)
    /// The file or its folder cannot be written.
    case notWritable(path: String, reason: String)
    /// The file is a database of this library, but damaged.
    case damaged(path: String, reason: String)
    /// Anything else that the system or SQLite says.
    case failed(path: String, reason: String)

    /// The file, what is wrong with it, and what would be right.
    public var description: String {
        switch self {
        case .folderMissing(let path):
            "\(path): the folder does not exist; create it, writable for this process only"
        case .notAFile(let path):
            "\(path): not a regular file; give the path of a file, which is created if it does not exist"
        case .notADatabase(let path):
            "\(path): not a SQLite database; give the path of a store's file, or of a new file"
        case .otherApplication(let path):
            "\(path): a SQLite database of another application; give the path of a store's file, or of a new file"
        case .inUse(let path):
            "\(path): in use by another process; stop that one, or give this one a file of its own "
                + "(several processes can share a Redis server)"
        case .newerVersion(let path):
            "\(path): written by a newer version of this library; use that version, or another file"
        case .notWritable(let path, let reason):
            "\(path): cannot be written (\(reason)); this process needs to write to the file and to its folder"
        case .damaged(let path, let reason):
            "\(path): damaged (\(reason)); restore it from a copy, or move it away to start with an empty one"
        case .failed(let path, let reason):
            "\(path): \(reason)"
        }
    }
}
#endif
