public import CoreMetrics
public import SMTPSecurity
import Synchronization

/// Adds statistics to the counters of the program's metrics system, under the names and labels of ``PrometheusText``.
///
/// A class because its identity is the point: the counters are made once, and kept.
public final class StatisticsMetrics: Sendable {
    private struct Key: Hashable {
        let name: String
        let profile: String
        let violation: String?
    }

    private let factory: any MetricsFactory
    private let counters = Mutex<[Key: Counter]>([:])

    /// Counters of a metrics system.
    ///
    /// - Parameter factory: makes the counters. The default is the one that the program was set up with.
    public init(factory: (any MetricsFactory)? = nil) {
        self.factory = factory ?? MetricsSystem.factory
    }

    /// Adds what was counted under a profile since the last time: not the sums, which the counters keep themselves.
    public func add(_ statistics: ProfileStatistics, profile: String) {
        for metric in StatisticsMetric.traffic {
            add(metric.value(statistics), Key(name: metric.name, profile: profile, violation: nil))
        }
        for (violation, count) in statistics.violations {
            for metric in StatisticsMetric.violations {
                add(metric.value(count), Key(name: metric.name, profile: profile, violation: violation))
            }
        }
    }

    private func add(_ amount: UInt64, _ key: Key) {
        counter(key).increment(by: Int64(clamping: amount))
    }

    private func counter(_ key: Key) -> Counter {
        counters.withLock { counters in
            if let counter = counters[key] { return counter }
            var dimensions = [("profile", key.profile)]
            if let violation = key.violation {
                dimensions += [("violation", violation), ("check", ViolationLabels(violation: violation).check)]
            }
            let counter = Counter(label: key.name, dimensions: dimensions, factory: factory)
            counters[key] = counter
            return counter
        }
    }
}
