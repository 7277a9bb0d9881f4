import ArgumentParser
import Foundation
import SMTPSecurity
import SMTPStoresRedis
import SMTPStoresSQLite

/// A store that answers later, with many decisions in flight.
struct Shared: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep decisions in flight against a store that answers later.")

    @Option(help: ArgumentHelp("A Redis server.", valueName: "url"))
    var redis: String?

    @Option(help: ArgumentHelp("A SQLite file, which is removed first.", valueName: "file"))
    var sqlite: String?

    @Option(help: "How many decisions are in flight.")
    var inFlight = 64

    @Option(help: "How many decisions in a round.")
    var decisions = 200_000

    @Option(help: "How many distinct keys.")
    var keys = 100_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 5

    func validate() throws {
        guard redis != nil || sqlite != nil else { throw ValidationError("--redis URL or --sqlite FILE is needed") }
    }

    func run() async throws {
        if let sqlite {
            for end in ["", "-wal", "-shm", "-journal"] { try? FileManager.default.removeItem(atPath: sqlite + end) }
            let store = try SQLiteStore(path: sqlite, at: Decisions.start)
            try await measure(store)
            await store.close()
            try Upserts(file: sqlite + ".control", keys: keys).run(decisions, iterations)
        }
        if let redis {
            let store = try RedisStore(RedisStoreConfiguration(url: redis))
            try await measure(store)
            await store.shutdown()
        }
    }

    private func measure(_ store: some RateStore & FirstSeenStore) async throws {
        try await measure("rate") { number in
            try await store.charge(Decisions.charge(number), by: Decisions.client(number), at: Decisions.start).value()
        }
        try await measure("first seen") { number in
            try await store.note(Decisions.attempt(number), by: Decisions.client(number), at: Decisions.start).value()
        }
    }

    private func measure<Value: Sendable>(
        _ name: String, _ decide: @escaping @Sendable (Int) async throws -> Value
    ) async throws {
        var figures: [Double] = []
        for _ in 0..<iterations {
            let start = ContinuousClock.now
            try await withThrowingTaskGroup(of: Void.self) { group in
                let share = decisions / inFlight
                for task in 0..<inFlight {
                    let keys = keys
                    group.addTask {
                        for number in 0..<share { _ = try await decide((task &* share &+ number) % keys) }
                    }
                }
                try await group.waitForAll()
            }
            figures.append(Double(decisions) / (start.duration(to: .now) / .seconds(1)))
        }
        figures.sort()
        print(
            #"{"decision":"\#(name)","in_flight":\#(inFlight),"keys":\#(keys),"#
                + #""decisions_per_second":\#(format(figures[figures.count / 2])),"#
                + #""decisions_per_second_best":\#(format(figures[figures.count - 1])),"iterations":\#(iterations)}"#)
    }
}
