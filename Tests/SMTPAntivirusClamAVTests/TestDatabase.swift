#if ClamAV
import Foundation
import SMTPAntivirusClamAV
import SMTPSecurityTesting

/// A folder of signatures for the test virus, gone with its owner.
final class TestDatabase: Sendable {
    let path: String

    /// A folder with the virus by octets and by hash.
    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "signatures-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try write(TestVirus.bytesDatabase, "test.ndb")
        try write(TestVirus.hashDatabase, "test.hdb")
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, _ name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(path)/\(name)") }

    /// A scanner with these signatures.
    func scanner(
        _ change: (inout ClamAVConfiguration) -> Void = { _ in }
    ) async throws -> ClamAVScanner {
        var configuration = ClamAVConfiguration(database: path)
        change(&configuration)
        return try await ClamAVScanner(configuration)
    }
}
#endif
