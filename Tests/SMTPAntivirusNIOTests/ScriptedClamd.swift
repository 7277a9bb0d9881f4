import Synchronization

/// The answers of a clamd that finds everything clean.
final class ScriptedClamd: Sendable {
    private let numbers = Mutex<[Int: Int]>([:])

    /// How many samples each connection had.
    var counts: [Int: Int] { numbers.withLock { $0 } }

    /// The answer, once there is the end of a sample that has no two zeros.
    func answer(_ connection: Int, _ received: [UInt8]) -> ScriptedServer.Action {
        guard received.suffix(4) == [0, 0, 0, 0] else { return .wait }
        let number = numbers.withLock { numbers in
            numbers[connection, default: 0] += 1
            return numbers[connection] ?? 0
        }
        return .send("\(number): stream: OK\0")
    }
}
