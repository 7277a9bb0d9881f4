#if SQLite
import Foundation
import GRDB
import Synchronization

/// A transaction log's file, for writing.
///
/// A class because its identity is the point: it owns the database.
final class ReportFile: Sendable {
    let database: DatabaseQueue
    let path: String
    /// Of what this object wrote.
    let lists = Mutex(RecipientLists())

    /// Opens a file, or makes it, readable for its owner alone.
    init(_ path: String) throws(ReportingError) {
        self.path = path
        try Self.make(path)
        database = try ReportingError.explaining(path) {
            let database = try DatabaseQueue(path: path, configuration: Self.configuration)
            try database.inDatabase { try Self.prepare($0, path) }
            try ReportSchema.migrator.migrate(database)
            return database
        }
    }

    /// Closes the file.
    func close() { try? database.close() }

    private static func make(_ path: String) throws(ReportingError) {
        guard try !ReportSchema.examine(path: path) else { return }
        let files = FileManager.default
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        guard files.fileExists(atPath: folder) else { throw .folderMissing(path: path) }
        guard files.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw .notAccessible(path: path, reason: "it cannot be made")
        }
    }

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "SMTPReporting"
        // Another process may be writing, for example one that this one replaces. Nobody waits for us but our own
        // queue.
        configuration.busyMode = .timeout(5)
        configuration.maximumReaderCount = 1
        configuration.prepareDatabase { database in
            // A power cut may take the newest entries, but does not damage the file.
            try database.execute(
                sql: "PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA journal_size_limit = 4194304")
        }
        return configuration
    }

    private static func prepare(_ database: Database, _ path: String) throws {
        try ReportSchema.examine(database, path)
        // So that the file can shrink; without effect on a file that has tables already.
        try database.execute(
            sql: """
                PRAGMA auto_vacuum = INCREMENTAL;
                PRAGMA journal_mode = WAL;
                PRAGMA application_id = \(ReportSchema.applicationID)
                """)
    }
}
#endif
