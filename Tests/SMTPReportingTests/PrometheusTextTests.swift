import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReporting

@Suite("Statistics in the format of Prometheus")
struct PrometheusTextTests {
    private static var statistics: ProfileStatistics {
        var statistics = ProfileStatistics()
        statistics.sessions = 1
        statistics.transactions = 2
        statistics.messages = 3
        statistics.recipients = 4
        statistics.octets = 5
        statistics.refused = 6
        statistics.deferred = 7
        statistics.unavailable = 8
        var count = ProfileStatistics.ViolationCount()
        (count.occurrences, count.alarmed, count.blocked) = (9, 10, 11)
        statistics.violations = ["compliance.bare-line-feed": count, "rate.too-many": count]
        return statistics
    }

    @Test("have names that do not change")
    func names() {
        var one = ProfileStatistics()
        one.sessions = 12
        one.violations["rate.too-many"] = .init()
        let text = PrometheusText.render(["inbound": one])
        #expect(
            text.hasPrefix(
                """
                # HELP smtp_security_sessions_total Sessions started.
                # TYPE smtp_security_sessions_total counter
                smtp_security_sessions_total{profile="inbound"} 12
                # HELP smtp_security_transactions_total Transactions started.

                """))
        #expect(
            text.hasSuffix(
                """
                # TYPE smtp_security_violations_blocked_total counter
                smtp_security_violations_blocked_total{profile="inbound",violation="rate.too-many",check="rate"} 0

                """))
    }

    @Test("have everything that was counted")
    func everything() throws {
        let text = PrometheusText.render(["b": Self.statistics, "a": ProfileStatistics()])
        let parser = try ExpositionParser(text)
        let plain = [
            "sessions", "transactions", "messages", "recipients", "octets", "refused", "deferred", "unavailable",
        ]
        for (index, name) in plain.enumerated() {
            let samples = parser.samples.filter { $0.name == "smtp_security_\(name)_total" }
            #expect(samples.map(\.labels) == [["profile": "a"], ["profile": "b"]])
            #expect(samples.map(\.value) == [0, Double(index + 1)])
        }
        for (name, value) in [("", 9.0), ("alarmed_", 10), ("blocked_", 11)] {
            let samples = parser.samples.filter { $0.name == "smtp_security_violations_\(name)total" }
            #expect(samples.map(\.value) == [value, value])
            #expect(samples.map { $0.labels["check"] } == ["compliance", "rate"])
            #expect(samples.map { $0.labels["violation"] } == ["compliance.bare-line-feed", "rate.too-many"])
        }
        #expect(parser.types.values.allSatisfy { $0 == "counter" })
        #expect(text == PrometheusText.render(["a": ProfileStatistics(), "b": Self.statistics]))
    }

    @Test("have what the log did")
    func log() throws {
        var figures = TransactionLogFigures()
        figures.recorded = .max
        figures.written = 2
        figures.duplicates = 3
        figures.dropped = 4
        figures.failures = 5
        figures.queuedEntries = 6
        figures.queuedOctets = 7
        let parser = try ExpositionParser(PrometheusText.render([:], log: figures))
        let values = Dictionary(uniqueKeysWithValues: parser.samples.map { ($0.name, $0.value) })
        #expect(
            values == [
                "smtp_security_log_recorded_total": Double(UInt64.max), "smtp_security_log_written_total": 2,
                "smtp_security_log_duplicates_total": 3, "smtp_security_log_dropped_total": 4,
                "smtp_security_log_failures_total": 5, "smtp_security_log_queue_entries": 6,
                "smtp_security_log_queue_octets": 7,
            ])
        #expect(parser.types["smtp_security_log_queue_entries"] == "gauge")
        #expect(PrometheusText.render([:]).isEmpty)
    }

    @Test(
        "take any name of a profile as it is",
        arguments: [
            "", " ", "\"", "\\", "\n", "\\n", "a\"} 1\nevil_total{x=\"", "\r\n", "\r", "\u{2028}", "\u{0}", "\u{B}",
            "é",
            "😀", "{", "}", ",", "#", "# TYPE a counter", "e\u{301}", "\\\"", "\u{FFFF}", "\u{301}",
        ])
    func hostileNames(_ name: String) throws {
        var statistics = Self.statistics
        statistics.violations[name] = .init()
        statistics.violations["\(name).\(name)"] = .init()
        let parser = try ExpositionParser(PrometheusText.render([name: statistics]))
        #expect(parser.samples.count == 8 + 3 * 4)
        for sample in parser.samples {
            #expect(Array((sample.labels["profile"] ?? "").utf8) == Array(name.utf8))
        }
        let violations = parser.samples.filter { $0.name == "smtp_security_violations_total" }
        #expect(violations.contains { $0.labels["violation"] == "\(name).\(name)" && $0.labels["check"] == name })
    }

    @Test("are read by any text of any names")
    func generatedNames() throws {
        var random = Generator(seed: 17)
        let letters: [Unicode.Scalar] = ["\\", "\"", "\n", "a", "}", "{", ",", "=", " ", "n", "\r", "\u{301}", "."]
        func name() -> String {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 0..<6, using: &random) {
                text.append(letters.randomElement(using: &random) ?? "a")
            }
            return String(text)
        }
        for _ in 0..<min(Generator.cases(300), 20_000) {
            var profiles: [String: ProfileStatistics] = [:]
            for _ in 0..<3 {
                var statistics = ProfileStatistics()
                for _ in 0..<3 { statistics.violations[name()] = .init() }
                profiles[name()] = statistics
            }
            let parser = try ExpositionParser(PrometheusText.render(profiles))
            let expected = profiles.reduce(0) { $0 + 8 + 3 * $1.value.violations.count }
            #expect(parser.samples.count == expected)
        }
    }

    @Test(
        "would not be taken for right if they were not",
        arguments: [
            "a 1\n", "# HELP a b\n# TYPE a counter\na 1", "# HELP a b\n# TYPE a counter\na{b=\"\\r\"} 1\n",
            "# HELP a b\n# TYPE a counter\na{b=\"c} 1\n", "# HELP a b\n# TYPE a counter\na 1\na 1\n",
            "# HELP a b\n# TYPE a counter\na x\n", "# HELP a b\n# TYPE a counter\n\n",
        ])
    func parserIsStrict(_ text: String) {
        #expect(throws: ExpositionParser.Failure.self) { try ExpositionParser(text) }
    }
}
