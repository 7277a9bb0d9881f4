import Synchronization

/// Numbers in the order in which they came.
final class Recorder: Sendable {
    private let recorded = Mutex<[Int]>([])

    var numbers: [Int] { recorded.withLock { $0 } }

    func add(_ number: Int) { recorded.withLock { $0.append(number) } }
}
