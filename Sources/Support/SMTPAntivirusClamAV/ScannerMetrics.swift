#if ClamAV
import Metrics
import SMTPAntivirus

/// What a ``ClamAVScanner`` reports to the program's metrics system.
struct ScannerMetrics: Sendable {
    private let clean = Counter(label: "smtp_antivirus_scans", dimensions: [("outcome", "clean")])
    private let infected = Counter(label: "smtp_antivirus_scans", dimensions: [("outcome", "infected")])
    private let unscanned = Counter(label: "smtp_antivirus_scans", dimensions: [("outcome", "unscanned")])
    private let octets = Counter(label: "smtp_antivirus_octets")
    private let time = Timer(label: "smtp_antivirus_scan_time", preferredDisplayUnit: .microseconds)
    private let signatures = Gauge(label: "smtp_antivirus_signatures")
    private let age = Gauge(label: "smtp_antivirus_database_age_seconds")
    private let reloads = Counter(label: "smtp_antivirus_reloads", dimensions: [("outcome", "loaded")])
    private let refusals = Counter(label: "smtp_antivirus_reloads", dimensions: [("outcome", "refused")])

    func scanned(_ verdict: ScanVerdict, octets count: Int, in duration: Duration) {
        switch verdict {
        case .clean: clean.increment()
        case .infected: infected.increment()
        case .unscanned: unscanned.increment()
        }
        octets.increment(by: count)
        time.record(duration: duration)
    }

    func has(_ database: ClamAVDatabase, at now: Int64) {
        signatures.record(database.signatures)
        if let seconds = database.age(at: now) { age.record(seconds) }
    }

    func reloaded() { reloads.increment() }
    func refused() { refusals.increment() }
}
#endif
