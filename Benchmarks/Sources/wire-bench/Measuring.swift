import AllocationCounter
import Foundation

/// Seconds, and how often memory was allocated, while something ran.
struct Measurement {
    var seconds: Double
    var allocations: UInt64

    init(_ body: () throws -> Void) rethrows {
        let before = allocation_count()
        let start = ContinuousClock.now
        try body()
        let elapsed = start.duration(to: .now).components
        allocations = allocation_count() - before
        seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    }
}

extension [Double] {
    var median: Double {
        let sorted = sorted()
        return isEmpty ? .nan : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}

/// Whole files, as octets.
func octets(of path: String) throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(fileURLWithPath: path)))
}
