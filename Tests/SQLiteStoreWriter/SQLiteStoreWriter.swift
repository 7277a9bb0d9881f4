#if SQLite
import Foundation
import SMTPSecurity
import SMTPStoresSQLite

/// Notes attempts in a file, many at a time, and prints the number of each once it was answered: to be killed by a test. It does not note so
/// many that the store would have to forget some, and waits then.
@main
struct SQLiteStoreWriter {
    static func main() async throws {
        let now = Timestamp(seconds: 1_800_000_000)
        let store = try SQLiteStore(path: CommandLine.arguments[1], at: now)
        let first = Int(CommandLine.arguments[2]) ?? 0
        let rule = FirstSeenRule(
            delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 0)
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<32 {
                group.addTask {
                    var number = first + task
                    while number < first + 30_000 {
                        var key = StoreKey("writer")
                        key.append(.client, .v4(UInt32(truncatingIfNeeded: number)))
                        let answer = store.note(FirstSeenRequest([key], rule: rule), by: .v4(0), at: now)
                        guard (try? await answer.value()) != nil else { exit(1) }
                        // One call for a line: the lines of several tasks do not mix.
                        FileHandle.standardOutput.write(Data("\(number)\n".utf8))
                        number += 32
                    }
                }
            }
        }
        try await Task.sleep(for: .seconds(600))
    }
}
#else
@main
struct SQLiteStoreWriter {
    static func main() {}
}
#endif
