import CoreMetrics
import Synchronization

/// Adds up how long scans take, as the scanner itself reports it.
final class ScanTimes: MetricsFactory, TimerHandler {
    private let nanoseconds = Atomic<Int64>(0)

    /// The time since this was asked the last time, in microseconds.
    func take() -> Double { Double(nanoseconds.exchange(0, ordering: .relaxed)) / 1_000 }

    func recordNanoseconds(_ duration: Int64) { nanoseconds.add(duration, ordering: .relaxed) }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        label == "smtp_antivirus_scan_time" ? self : NOOPMetricsHandler.instance
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        NOOPMetricsHandler.instance
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { NOOPMetricsHandler.instance }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
