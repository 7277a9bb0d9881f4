import ArgumentParser
import Foundation
import SMTPSecurity
import SMTPStores

/// The store in memory, full of keys, from one thread and from two.
struct Memory: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Decide about keys that the store in memory has, in random order, from threads of their own.")

    @Option(help: "How many keys.")
    var keys = 1_000_000

    @Option(help: "How many decisions each thread makes in a round.")
    var decisions = 1_000_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 9

    func run() throws {
        var limits = MemoryStore.Limits()
        limits.entries = max(limits.entries, keys * 3 / 2)
        limits.octets = limits.entries * 256
        let store = MemoryStore(limits: limits)
        for number in 0..<keys {
            _ = store.charge(Decisions.charge(number), by: Decisions.client(number), at: Decisions.start)
            _ = store.note(Decisions.attempt(number), by: Decisions.client(number), at: Decisions.start)
        }
        for threads in [1, 2] {
            measure("a key alone", threads) { number in blackHole(Decisions.charge(number)) }
            measure("rate, with its key", threads) { number in
                blackHole(store.charge(Decisions.charge(number), by: Decisions.client(number), at: Decisions.start))
            }
            measure("two keys alone", threads) { number in blackHole(Decisions.attempt(number)) }
            measure("first seen, with its keys", threads) { number in
                blackHole(store.note(Decisions.attempt(number), by: Decisions.client(number), at: Decisions.start))
            }
        }
        let usage = store.usage(at: Decisions.start)
        print(#"{"entries":\#(usage.entries),"octets":\#(usage.octets),"evictions":\#(usage.evictions)}"#)
    }

    private func measure(_ name: String, _ threads: Int, _ decide: @escaping @Sendable (Int) -> Void) {
        var figures: [Double] = []
        for round in 0..<iterations {
            let group = DispatchGroup()
            let start = ContinuousClock.now
            for thread in 0..<threads {
                let (keys, decisions) = (keys, decisions)
                let worker = Thread {
                    // A step that has no factor in common with the number of keys reaches all of them, in no order.
                    var number = (thread &* 7_919 &+ round) % keys
                    for _ in 0..<decisions {
                        number = (number &+ 618_033) % keys
                        decide(number)
                    }
                    group.leave()
                }
                group.enter()
                worker.start()
            }
            group.wait()
            figures.append(start.duration(to: .now) / .nanoseconds(1) / Double(decisions))
        }
        figures.sort()
        let median = figures[figures.count / 2]
        print(
            #"{"decision":"\#(name)","threads":\#(threads),"keys":\#(keys),"ns_per_decision":\#(format(median)),"#
                + #""ns_per_decision_best":\#(format(figures[0])),"iterations":\#(iterations)}"#)
    }
}

/// Uses a value, so that it is made.
@inline(never)
func blackHole<Value>(_ value: Value) {}

/// With one digit behind the point.
func format(_ number: Double) -> String { String(format: "%.1f", number) }
