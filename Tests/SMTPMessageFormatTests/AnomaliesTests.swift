import SMTPMessageFormat
import Testing

@Suite("Anomalies")
struct AnomaliesTests {
    @Test("are kept once for each kind, the first one")
    func first() {
        var anomalies = Anomalies()
        #expect(anomalies.isEmpty)
        for (offset, kind) in Anomaly.Kind.allCases.enumerated() {
            #expect(!anomalies.contains(kind))
            anomalies.add(kind, at: offset)
            anomalies.add(kind, at: offset + 1_000)
            #expect(anomalies.contains(kind))
        }
        #expect(anomalies.first.map(\.kind) == Anomaly.Kind.allCases)
        #expect(anomalies.first.map(\.offset) == Array(0..<Anomaly.Kind.allCases.count))
    }

    @Test("have names that are apart, and a bit each")
    func names() {
        #expect(Set(Anomaly.Kind.allCases.map(\.rawValue)).count == Anomaly.Kind.allCases.count)
        #expect(Anomaly.Kind.allCases.count <= 128)
    }
}
