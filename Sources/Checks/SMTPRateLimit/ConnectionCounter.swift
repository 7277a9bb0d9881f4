import SMTPSecurity
import Synchronization

/// How many connections each network has at the moment, in this process.
///
/// A class because its identity is the point: all sessions of a server count in the same one. It knows only networks that have a connection, so
/// it is as bounded as the number of sessions is.
final class ConnectionCounter: Sendable {
    private let shards: [16 of Mutex<[IPNetwork: Int]>] = InlineArray { _ in Mutex([:]) }

    /// Counts a connection, unless there are `limit` already.
    ///
    /// - Returns: whether it was counted.
    func open(_ network: IPNetwork, limit: Int) -> Bool {
        shards[index(network)].withLock { counts in
            let count = counts[network] ?? 0
            guard count < limit else { return false }
            counts[network] = count + 1
            return true
        }
    }

    /// A connection that was counted has ended.
    func close(_ network: IPNetwork) {
        shards[index(network)].withLock { counts in
            guard let count = counts[network] else { return }
            counts[network] = count > 1 ? count - 1 : nil
        }
    }

    private func index(_ network: IPNetwork) -> Int { network.hashValue & 15 }
}
