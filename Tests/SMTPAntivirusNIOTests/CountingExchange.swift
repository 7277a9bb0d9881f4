import NIOCore
import SMTPAntivirus
import Synchronization

@testable import SMTPAntivirusNIO

/// An exchange that sends pieces and counts them.
struct CountingExchange: ScannerExchange {
    /// How many pieces were taken.
    final class Counter: Sendable {
        private let count = Atomic<Int>(0)

        var pieces: Int { count.load(ordering: .relaxed) }

        func add() { count.add(1, ordering: .relaxed) }
    }

    private(set) var outcome: ScannerOutcome?
    var rest: Int
    let counter: Counter

    init(rest: Int, counter: Counter) {
        self.rest = rest
        self.counter = counter
    }

    mutating func nextOutput() -> ByteBuffer? {
        guard rest > 0 else { return nil }
        rest -= 1
        counter.add()
        return ByteBuffer(repeating: 0, count: 65_536)
    }

    mutating func receive(_ input: ByteBuffer) {}

    mutating func end(_ reason: UnscannedReason) { outcome = ScannerOutcome(reply: .failure(reason)) }
}
