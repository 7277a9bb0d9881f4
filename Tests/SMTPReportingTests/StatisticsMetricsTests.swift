import CoreMetrics
import MetricsTestKit
import SMTPReporting
import SMTPSecurity
import Testing

@Suite("Statistics in the program's metrics system")
struct StatisticsMetricsTests {
    private static var statistics: ProfileStatistics {
        var statistics = ProfileStatistics()
        statistics.sessions = 2
        statistics.octets = .max
        var count = ProfileStatistics.ViolationCount()
        (count.occurrences, count.alarmed, count.blocked) = (3, 2, 1)
        statistics.violations["rate.too-many"] = count
        return statistics
    }

    @Test("have the names and labels of the text for Prometheus")
    func names() throws {
        let system = TestMetrics()
        StatisticsMetrics(factory: system).add(Self.statistics, profile: "inbound")
        #expect(try system.expectCounter("smtp_security_sessions_total", [("profile", "inbound")]).values == [2])
        #expect(try system.expectCounter("smtp_security_octets_total", [("profile", "inbound")]).values == [.max])
        let labels = [("profile", "inbound"), ("violation", "rate.too-many"), ("check", "rate")]
        #expect(try system.expectCounter("smtp_security_violations_total", labels).values == [3])
        #expect(try system.expectCounter("smtp_security_violations_alarmed_total", labels).values == [2])
        #expect(try system.expectCounter("smtp_security_violations_blocked_total", labels).values == [1])
        let text = PrometheusText.render(["inbound": Self.statistics])
        for counter in system.counters { #expect(text.contains("# TYPE \(counter.label) counter\n")) }
        #expect(system.counters.count == 11)
    }

    @Test("add to the same counters every time")
    func caching() throws {
        let system = TestMetrics()
        let metrics = StatisticsMetrics(factory: system)
        var statistics = ProfileStatistics()
        statistics.messages = 5
        for _ in 0..<3 { metrics.add(statistics, profile: "inbound") }
        metrics.add(statistics, profile: "outbound")
        let inbound = try system.expectCounter("smtp_security_messages_total", [("profile", "inbound")])
        #expect(inbound.values == [5, 5, 5])
        let outbound = try system.expectCounter("smtp_security_messages_total", [("profile", "outbound")])
        #expect(outbound.values == [5])
        #expect(system.counters.count == 16)
    }
}
