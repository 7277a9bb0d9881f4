#if SQLite
import GRDB
import SMTPSecurity

extension ReportingError {
    /// What an error of the database means for a file.
    init(_ error: any Error, _ path: String) {
        guard let error = error as? DatabaseError else {
            self = error as? ReportingError ?? .failed(path: path, reason: "\(Evidence("\(error)"))")
            return
        }
        let reason = "\(Evidence(error.message ?? "error \(error.resultCode.rawValue)"))"
        self =
            switch error.resultCode {
            case .SQLITE_NOTADB: .notADatabase(path: path)
            case .SQLITE_BUSY, .SQLITE_LOCKED: .inUse(path: path)
            case .SQLITE_FULL: .diskFull(path: path)
            case .SQLITE_CORRUPT: .damaged(path: path, reason: reason)
            case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM: .notAccessible(path: path, reason: reason)
            default: .failed(path: path, reason: reason)
            }
    }

    /// Does something with a file, and says what an error means for it.
    static func explaining<Value>(_ path: String, _ body: () throws -> Value) throws(ReportingError) -> Value {
        do { return try body() } catch { throw ReportingError(error, path) }
    }
}
#endif
