#if Redis

import SMTPSecurity
import SMTPStoresRedis
import Synchronization

let client = IPAddress.v4(0xC000_0201)
let start = Timestamp(seconds: 1_800_000_000)

func key(_ purpose: String, _ number: Int = 0) -> StoreKey {
    var key = StoreKey(purpose)
    key.append(.client, .v4(UInt32(number)))
    return key
}

extension RedisServer {
    /// A configuration for this server, with more time than a busy machine needs.
    func configuration(_ change: (inout RedisStoreConfiguration) -> Void = { _ in }) throws -> RedisStoreConfiguration {
        var configuration = try RedisStoreConfiguration(url: "redis+unix://\(socket)")
        configuration.callTimeout = .seconds(20)
        configuration.connectTimeout = .seconds(20)
        configuration.longestBackOff = .milliseconds(200)
        configuration.timeSource = .session
        change(&configuration)
        return configuration
    }

    func store(
        _ log: StateLog? = nil, _ change: (inout RedisStoreConfiguration) -> Void = { _ in }
    ) throws -> RedisStore {
        try RedisStore(configuration(change)) { log?.append($0) }
    }
}

/// The states that a store told.
final class StateLog: Sendable {
    private let states = Mutex<[RedisStore.State]>([])

    var all: [RedisStore.State] { states.withLock { $0 } }
    func append(_ state: RedisStore.State) { states.withLock { $0.append(state) } }
}

extension RedisStore {
    func waits(for wanted: State) async throws {
        try await eventually("\(wanted)") { state == wanted }
    }

    func waitsUntilLost() async throws {
        try await eventually("disconnected") { if case .disconnected = state { true } else { false } }
    }

    /// One event of an allowance of a million.
    func ask(_ number: Int = 0, at now: Timestamp = start) async throws(CheckFailure) -> RateDecision {
        try await charge(
            [RateCharge(key("any", number), RateAllowance(1_000_000, per: .seconds(1)))], by: client, at: now
        )
        .value()
    }

    /// Why ``ask(_:at:)`` fails; `nil` if it does not.
    func complaint(_ number: Int = 0) async -> String? {
        do throws(CheckFailure) {
            _ = try await ask(number)
            return nil
        } catch {
            return error.description
        }
    }
}

/// How long something takes.
func time(_ work: () async -> Void) async -> Duration {
    let begin = ContinuousClock.now
    await work()
    return ContinuousClock.now - begin
}

#endif
