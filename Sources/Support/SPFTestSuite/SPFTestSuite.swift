public import SMTPDNS
import SMTPSecurity
public import SMTPSenderPolicy
import Yams

/// A suite of tests in the format of the openspf project: zones, and what a policy has to say of clients.
///
/// ```swift
/// let suite = try SPFTestSuite(yaml: String(contentsOfFile: "rfc7208-tests.yml", encoding: .utf8))
/// let failures = await suite.failures { NativeSPFEvaluator($0) }
/// ```
public struct SPFTestSuite: Sendable {
    /// Tests that share a zone.
    public struct Scenario: Sendable {
        /// What it is about.
        public var description: String
        /// The records.
        public var zone: ZoneResolver
        /// The tests, by name.
        public var tests: [Test]
    }

    /// A client, and what is right to say of it.
    public struct Test: Sendable {
        /// Its name.
        public var name: String
        /// The sections of the RFC.
        public var specification: String
        /// Who is judged.
        public var request: SPFRequest
        /// Results that are right.
        public var results: [SPFResult]
        /// The explanation; `DEFAULT` for none of the domain's own, `nil` for any.
        public var explanation: String?

        /// Whether an outcome is right.
        public func accepts(_ outcome: SPFOutcome) -> Bool {
            guard results.contains(outcome.result) else { return false }
            guard let explanation else { return true }
            return explanation == outcome.explanation ?? "DEFAULT"
        }
    }

    /// A test with another outcome than is right.
    public struct Failure: Sendable, CustomStringConvertible {
        /// What the scenario is about.
        public var scenario: String
        /// The test.
        public var test: Test
        /// What came out.
        public var outcome: SPFOutcome

        /// On one line.
        public var description: String {
            var text = "\(test.name) (\(scenario), RFC 7208 §\(test.specification)): \(outcome.result.rawValue)"
            if let problem = outcome.problem { text += " (\(problem))" }
            if let explanation = outcome.explanation { text += " \"\(Evidence(explanation))\"" }
            text += " instead of \(test.results.map(\.rawValue).joined(separator: " or "))"
            if let explanation = test.explanation { text += " \"\(explanation)\"" }
            return text
        }
    }

    /// What is wrong with a suite.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        /// In words.
        public let description: String
    }

    /// The scenarios, in the order of the file.
    public private(set) var scenarios: [Scenario] = []

    /// How many tests there are.
    public var count: Int { scenarios.reduce(0) { $0 + $1.tests.count } }

    /// Reads a suite.
    ///
    /// - Throws: what is wrong with it.
    public init(yaml: String) throws {
        var documents = try Yams.load_all(yaml: yaml)
        while let document = documents.next() {
            guard let fields = document as? [String: Any] else {
                throw Problem(description: "a document is no mapping")
            }
            let description = fields["description"].map { "\($0)" } ?? ""
            let zone = try Self.zone(fields["zonedata"] as? [String: Any] ?? [:])
            let tests = try (fields["tests"] as? [String: Any] ?? [:]).sorted { $0.key < $1.key }.map {
                try Self.test($0.key, $0.value)
            }
            scenarios.append(Scenario(description: description, zone: zone, tests: tests))
        }
        // What cannot be read ends the sequence, and is not thrown.
        if let error = documents.error { throw error }
        guard count > 0 else { throw Problem(description: "there are no tests in it") }
    }

    /// Runs all tests.
    ///
    /// - Parameter makeEvaluator: an engine that asks this resolver.
    /// - Returns: those that went wrong.
    public func failures(_ makeEvaluator: (ZoneResolver) -> some SPFEvaluator) async -> [Failure] {
        var failures: [Failure] = []
        for scenario in scenarios {
            let evaluator = makeEvaluator(scenario.zone)
            for test in scenario.tests {
                let outcome = await evaluator.evaluate(test.request)
                if !test.accepts(outcome) {
                    failures.append(Failure(scenario: scenario.description, test: test, outcome: outcome))
                }
            }
        }
        return failures
    }

    // MARK: Tests

    private static func test(_ name: String, _ value: Any) throws -> Test {
        guard let fields = value as? [String: Any], let host = fields["host"].map({ "\($0)" }) else {
            throw Problem(description: "test \(name) has no host")
        }
        func text(_ key: String) -> String { fields[key].map { "\($0)" } ?? "" }
        let request = SPFRequest(
            .mailFrom, client: try IPAddress(host), helo: octets(text("helo")), sender: octets(text("mailfrom")),
            receiver: fields["receiver"].map { "\($0)" } ?? "unknown")
        let wanted = list(fields["result"] ?? "").map { "\($0)" }
        let results = wanted.compactMap { SPFResult(rawValue: $0) }
        guard !results.isEmpty, results.count == wanted.count else {
            throw Problem(description: "test \(name) has the unknown result \(wanted)")
        }
        return Test(
            name: name, specification: list(fields["spec"] ?? "").map { "\($0)" }.joined(separator: ", "),
            request: request, results: results, explanation: fields["explanation"].map { "\($0)" })
    }

    private static func list(_ value: Any) -> [Any] { value as? [Any] ?? [value] }

    /// A character stands for an octet where all of a text's do; otherwise the text is UTF-8.
    private static func octets(_ text: String) -> [UInt8] {
        let octets = text.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
        return octets.count == text.unicodeScalars.count ? octets : Array(text.utf8)
    }

    // MARK: Zones

    private static func zone(_ data: [String: Any]) throws -> ZoneResolver {
        var zone = ZoneResolver()
        for (name, entries) in data {
            let name = try DNSName(octets(name).span)
            let records = list(entries)
            // Records of type SPF are those of type TXT, unless there are such.
            let hasText = records.contains { ($0 as? [String: Any])?["TXT"] != nil }
            var types: Set<DNSRecordType> = []
            for case let record as [String: Any] in records {
                for (type, value) in record {
                    guard type != "SPF" || !hasText, "\(value)" != "NONE" else { continue }
                    guard let type = Self.type(type == "SPF" ? "TXT" : type) else {
                        throw Problem(description: "\(name) has a record of the unknown type \(type)")
                    }
                    types.insert(type)
                    if "\(value)" == "TIMEOUT" {
                        zone.fail(DNSQuestion(name, type), .timeout)
                    } else {
                        zone.add(name, try Self.record(type, value, of: name))
                    }
                }
            }
            guard records.contains(where: { $0 as? String == "TIMEOUT" }) else { continue }
            for type in DNSRecordType.allCases where !types.contains(type) {
                zone.fail(DNSQuestion(name, type), .timeout)
            }
        }
        return zone
    }

    private static func type(_ name: String) -> DNSRecordType? {
        DNSRecordType.allCases.first { $0.description == name }
    }

    private static func record(_ type: DNSRecordType, _ value: Any, of owner: DNSName) throws -> DNSRecord {
        switch type {
        case .a, .aaaa: return .address(try IPAddress("\(value)"))
        case .cname: return .cname(try name(value))
        case .ptr: return .ptr(try name(value))
        case .txt: return .txt(list(value).map { octets("\($0)") })
        case .mx:
            let parts = list(value)
            guard parts.count == 2, let preference = UInt16("\(parts[0])") else {
                throw Problem(description: "\(owner) has an MX record without preference and exchange")
            }
            return .mx(preference: preference, exchange: try name(parts[1]))
        }
    }

    private static func name(_ value: Any) throws -> DNSName {
        let text = "\(value)"
        return text.isEmpty ? .root : try DNSName(octets(text).span)
    }
}
