import ArgumentParser
import SMTPSecurity
import SMTPStores

/// A million strangers against the default limits.
struct Flood: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let distinct sources, each in a network of its own, fill the store in memory past its limits.",
        discussion:
            "Times include reading the clock, which is given by itself. The offender used up his allowance before.")

    @Option(help: "How many sources.")
    var sources = 2_000_000

    func run() throws {
        let store = MemoryStore()
        let offender = Decisions.charge(-1)
        for _ in 0..<100 { _ = store.charge(offender, by: Decisions.client(-1), at: Decisions.start) }
        let clock = timings(1_000_000) { _ in }
        print(#"{"what":"the clock alone",\#(clock)}"#)
        let part = sources / 4
        for quarter in 0..<4 {
            let line = timings(part) { number in
                let number = quarter * part + number
                _ = store.charge(
                    Decisions.charge(number), by: .v4(UInt32(truncatingIfNeeded: number) << 8), at: Decisions.start)
            }
            let usage = store.usage(at: Decisions.start)
            print(
                #"{"what":"sources \#(quarter * part) to \#((quarter + 1) * part)",\#(line),"entries":\#(usage.entries),"#
                    + #""octets":\#(usage.octets),"octets_limit":\#(store.limits.octets),"evictions":\#(usage.evictions)}"#
            )
        }
        var isCaught = false
        if case .now(.exceeded) = store.charge(offender, by: Decisions.client(-1), at: Decisions.start) {
            isCaught = true
        }
        print(#"{"offender_caught":\#(isCaught)}"#)
        guard isCaught else { throw ExitCode.failure }
    }

    private func timings(_ count: Int, _ body: (Int) -> Void) -> String {
        var nanoseconds: [Int64] = []
        nanoseconds.reserveCapacity(count)
        for number in 0..<count {
            let start = ContinuousClock.now
            body(number)
            nanoseconds.append(start.duration(to: .now).wholeNanoseconds)
        }
        nanoseconds.sort()
        func quantile(_ part: Double) -> Int64 { nanoseconds[min(count - 1, Int(Double(count) * part))] }
        return
            #""p50_ns":\#(quantile(0.5)),"p99_ns":\#(quantile(0.99)),"p999_ns":\#(quantile(0.999)),"max_ns":\#(quantile(1))"#
    }
}
