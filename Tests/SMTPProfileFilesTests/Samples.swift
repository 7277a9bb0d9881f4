import Foundation
import SMTPAntivirus
import SMTPDNS
import SMTPProfileFiles
import SMTPSecurity
import SMTPStores

/// What the tests of profile files read, and what with.
enum Samples {
    private struct Scanner: VirusScanner {
        let name = "test"
        func scan(_ sample: ScanSample) async -> ScanVerdict { .clean }
    }

    /// A program with nothing but a store.
    static var bare: ProfileResources { ProfileResources(store: MemoryStore()) }

    /// A program with a scanner and a resolver.
    static var full: ProfileResources {
        var resources = bare
        resources.scanner = Scanner()
        resources.resolver = ZoneResolver()
        return resources
    }

    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Examples/Profiles").path
    static let names = ["default", "strict", "transparent", "submission"]

    static func path(_ name: String) -> String { "\(folder)/\(name).yml" }

    static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }

    /// A connection between two addresses.
    static func connection(_ client: String, to local: String, _ port: UInt16) throws -> ConnectionInfo {
        ConnectionInfo(
            session: SessionID(rawValue: 1), client: Endpoint(try IPAddress(client), port: 40_000),
            local: Endpoint(try IPAddress(local), port: port), time: Timestamp(seconds: 0))
    }

    /// The problems of a text; none if it can be read.
    static func problems(_ text: String, _ resources: ProfileResources = bare) -> [ProfileProblem] {
        do throws(ProfileFileError) {
            _ = try ProfileSet(parsing: text, file: "p.yml", resources)
            return []
        } catch {
            return error.problems
        }
    }
}
