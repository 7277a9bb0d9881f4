import Foundation
import SMTPDNS
import SMTPSenderPolicy
import SPFTestSuite
import Testing

/// The suites of the openspf project, which `Scripts/suites` fetches.
@Suite("The conformance suites")
struct ConformanceTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent(".build-suites/pyspf-2.0.14/test")

    static var isFetched: Bool {
        FileManager.default.fileExists(atPath: folder.appendingPathComponent("rfc7208-tests.yml").path)
    }

    private func suite(_ name: String) throws -> SPFTestSuite {
        try SPFTestSuite(yaml: String(contentsOf: Self.folder.appendingPathComponent(name), encoding: .utf8))
    }

    /// Those of RFC 4408 too: none of them contradicts RFC 7208.
    @Test(
        "all pass, explanations included", .enabled(if: isFetched, "the suites were not fetched: see Scripts/suites"),
        arguments: [("rfc7208-tests.yml", 203), ("rfc4408-tests.yml", 191)])
    func passes(_ name: String, _ count: Int) async throws {
        let suite = try suite(name)
        #expect(suite.count == count)
        let failures = await suite.failures { NativeSPFEvaluator($0) }
        #expect(failures.isEmpty, "\(failures.map(\.description).joined(separator: "\n"))")
    }

    /// An engine that knows nothing.
    private struct Guess: SPFEvaluator {
        let result: SPFResult
        func evaluate(_ request: SPFRequest) async -> SPFOutcome { SPFOutcome(result) }
    }

    @Test(
        "do not pass with an engine that guesses", .enabled(if: isFetched, "the suites were not fetched"),
        arguments: SPFResult.allCases)
    func guesses(_ result: SPFResult) async throws {
        let suite = try suite("rfc7208-tests.yml")
        #expect(await suite.failures { _ in Guess(result: result) }.count > 100)
    }

    @Test(
        "say what is wrong with them",
        arguments: [
            ("- a", "a document is no mapping"), ("", "there are no tests in it"),
            ("description: x", "there are no tests in it"), ("tests: {x: {result: pass}}", "test x has no host"),
            ("tests: {x: {host: 192.0.2.1, result: maybe}}", #"test x has the unknown result ["maybe"]"#),
            ("zonedata: {a.example: [{WKS: x}]}", "a.example has a record of the unknown type WKS"),
            ("zonedata: {a.example: [{MX: [x]}]}", "a.example has an MX record without preference and exchange"),
        ])
    func problems(_ yaml: String, _ text: String) {
        #expect {
            _ = try SPFTestSuite(yaml: yaml)
        } throws: {
            "\($0)" == text
        }
    }

    @Test("say so when they are no YAML, or no longer")
    func unreadable() {
        let right = "tests: {x: {host: 192.0.2.1, result: none}}\n"
        #expect(throws: Never.self) { try SPFTestSuite(yaml: right) }
        #expect(throws: (any Error).self) { try SPFTestSuite(yaml: right + "---\nx: [\n") }
    }
}
