#if SQLite
import Foundation
import GRDB

/// The tables of a transaction log's file, and their versions.
enum ReportSchema {
    /// "smtr", to tell a transaction log from another application's file.
    static let applicationID = 0x736D_7472

    /// Each step is a version of the tables and never changes again.
    static let migrator: DatabaseMigrator = {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1: entries and sums") { database in
            try database.execute(sql: entries)
            try database.execute(sql: sums)
        }
        // Transcripts from before are not kept.
        migrator.registerMigration("2: each line of a session once") { database in
            try database.execute(sql: transcripts)
        }
        migrator.registerMigration("3: each recipient of a transaction once, and messages") { database in
            try database.execute(sql: recipients)
            try database.execute(sql: messages)
        }
        return migrator
    }()

    /// Times are milliseconds since 1970. Every index ends with the row's number, the Support ID, without being told
    /// to.
    private static let entries = """
        CREATE TABLE entry (
            support_id INTEGER PRIMARY KEY, time INTEGER NOT NULL, profile TEXT NOT NULL, check_name TEXT NOT NULL,
            violation TEXT NOT NULL, action TEXT NOT NULL, alarm INTEGER NOT NULL, block INTEGER NOT NULL,
            evidence TEXT NOT NULL, reply TEXT, session INTEGER NOT NULL, client BLOB NOT NULL, port INTEGER NOT NULL,
            greeting_name TEXT NOT NULL, sender TEXT, recipient_count INTEGER NOT NULL,
            transaction_number INTEGER NOT NULL, message_size INTEGER, message_digest TEXT
        ) STRICT;
        CREATE INDEX entry_time ON entry (time);
        CREATE INDEX entry_check ON entry (check_name, time);
        CREATE INDEX entry_violation ON entry (violation, time);
        CREATE INDEX entry_client ON entry (client, time);
        CREATE INDEX entry_sender ON entry (sender, time) WHERE sender IS NOT NULL;
        CREATE TABLE recipient (
            support_id INTEGER NOT NULL REFERENCES entry ON DELETE CASCADE, position INTEGER NOT NULL,
            path TEXT NOT NULL, PRIMARY KEY (support_id, position)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX recipient_path ON recipient (path);
        CREATE TABLE transcript (
            support_id INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE, lines TEXT NOT NULL
        ) STRICT
        """

    /// The last lines of a session: how many an entry has, those that are new since an earlier one, and the number of that one, which has those
    /// before.
    private static let transcripts = """
        DROP TABLE transcript;
        ALTER TABLE entry ADD COLUMN earlier_lines INTEGER;
        ALTER TABLE entry ADD COLUMN line_count INTEGER;
        ALTER TABLE entry ADD COLUMN lines TEXT
        """

    /// Lists of recipients: entries of one transaction share a list that grows, and have so many of its first ones. A list has the number of the
    /// entry that it was made for.
    private static let recipients = """
        CREATE TABLE listed (
            list INTEGER NOT NULL, position INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (list, position)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO listed SELECT support_id, position, path FROM recipient;
        DROP TABLE recipient;
        ALTER TABLE listed RENAME TO recipient;
        CREATE INDEX recipient_path ON recipient (path);
        ALTER TABLE entry ADD COLUMN recipient_list INTEGER;
        ALTER TABLE entry ADD COLUMN recipients_kept INTEGER NOT NULL DEFAULT 0;
        UPDATE entry SET recipients_kept = (SELECT count(*) FROM recipient WHERE list = support_id);
        UPDATE entry SET recipient_list = support_id WHERE recipients_kept > 0;
        CREATE INDEX entry_recipient_list ON entry (recipient_list) WHERE recipient_list IS NOT NULL
        """

    /// How messages begin that entries are about.
    private static let messages = """
        CREATE TABLE message (
            support_id INTEGER PRIMARY KEY REFERENCES entry ON DELETE CASCADE, beginning BLOB NOT NULL
        ) STRICT
        """

    /// Minutes are counted since 1970, times are milliseconds since then.
    private static let sums = """
        CREATE TABLE rollup (
            minute INTEGER NOT NULL, profile TEXT NOT NULL, violation TEXT NOT NULL, check_name TEXT NOT NULL,
            occurrences INTEGER NOT NULL, alarmed INTEGER NOT NULL, blocked INTEGER NOT NULL, first INTEGER NOT NULL,
            last INTEGER NOT NULL, PRIMARY KEY (minute, profile, violation)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE traffic (
            minute INTEGER NOT NULL, profile TEXT NOT NULL, sessions INTEGER NOT NULL, transactions INTEGER NOT NULL,
            messages INTEGER NOT NULL, recipients INTEGER NOT NULL, octets INTEGER NOT NULL, refused INTEGER NOT NULL,
            deferred INTEGER NOT NULL, unavailable INTEGER NOT NULL, PRIMARY KEY (minute, profile)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE dropped (minute INTEGER PRIMARY KEY, entries INTEGER NOT NULL) STRICT
        """

    /// Makes sure that a database is a transaction log, or is empty.
    static func examine(_ database: Database, _ path: String) throws {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id")
        let objects = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema")
        guard application == applicationID || application == 0 && objects == 0 else {
            throw ReportingError.otherApplication(path: path)
        }
        guard try !migrator.hasBeenSuperseded(database) else { throw ReportingError.newerVersion(path: path) }
    }

    /// Makes sure that there is a file; `false` if there is nothing.
    static func examine(path: String) throws(ReportingError) -> Bool {
        let files = FileManager.default
        var isFolder: ObjCBool = false
        guard files.fileExists(atPath: path, isDirectory: &isFolder) else { return false }
        let type = try? files.attributesOfItem(atPath: path)[.type] as? FileAttributeType
        guard !isFolder.boolValue, type == .typeRegular || type == .typeSymbolicLink else {
            throw .notAFile(path: path)
        }
        return true
    }
}
#endif
