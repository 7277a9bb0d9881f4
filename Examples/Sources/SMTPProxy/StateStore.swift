import ArgumentParser
import Foundation
import Logging
import NIOPosix
import SMTPSecurity
import SMTPSecurityNIO
import SMTPStores
import SMTPStoresRedis
import SMTPStoresSQLite
import ServiceLifecycle

/// What the checks remember across sessions, and what has to be done to keep it.
struct StateStore: Service {
    let rates: any RateStore
    let sightings: any FirstSeenStore
    let tallies: any TallyStore
    private let keep: @Sendable () async throws -> Void

    private init(
        _ store: some RateStore & FirstSeenStore & TallyStore, keep: @escaping @Sendable () async throws -> Void
    ) {
        rates = store
        sightings = store
        tallies = store
        self.keep = keep
    }

    /// Runs until the process is asked to stop, and keeps what has to be kept.
    func run() async throws { try await keep() }

    /// Opens a store.
    ///
    /// - Throws: what is wrong with it, in words for whoever started the program.
    static func open(
        _ location: StateLocation, snapshot: String?, hasFallback: Bool, _ logger: Logger
    ) throws -> StateStore {
        switch location {
        case .memory:
            guard let snapshot else { return StateStore(MemoryStore()) { try? await gracefulShutdown() } }
            let store = restored(from: snapshot, logger)
            return StateStore(store) { await keepSnapshots(of: store, at: snapshot, logger) }
        case .sqlite(let file):
            let store: SQLiteStore
            do {
                store = try SQLiteStore(path: file, at: SessionTime.system.now)
            } catch {
                throw ValidationError("--state sqlite:\(error)")
            }
            logger.notice("state read", metadata: ["file": "\(file)"])
            return StateStore(store) {
                try? await gracefulShutdown()
                await store.close()
            }
        case .redis(let url):
            return try redis(url, hasFallback: hasFallback, logger)
        }
    }

    private static func redis(_ url: String, hasFallback: Bool, _ logger: Logger) throws -> StateStore {
        let store: RedisStore
        do {
            store = try RedisStore(RedisStoreConfiguration(url: url)) { state in
                switch state {
                case .disconnected(let reason):
                    logger.error(
                        "Redis is away",
                        metadata: ["reason": "\(reason)", "instead": hasFallback ? "memory" : "nothing"])
                default:
                    logger.notice("Redis", metadata: ["state": "\(state)"])
                }
            }
        } catch {
            throw ValidationError("--state \(StateLocation.redis(url)): \(error)")
        }
        @Sendable func keep() async {
            try? await gracefulShutdown()
            await store.shutdown()
        }
        guard hasFallback else { return StateStore(store, keep: keep) }
        return StateStore(FallbackStore(store, standIn: MemoryStore()), keep: keep)
    }

    // MARK: Snapshots

    /// What a snapshot has. One that is damaged is put aside: mail goes on without it.
    private static func restored(from file: String, _ logger: Logger) -> MemoryStore {
        do {
            if let store = try MemoryStore.restored(from: file, at: SessionTime.system.now) {
                logger.notice("state restored", metadata: ["file": "\(file)"])
                return store
            }
        } catch {
            logger.error("state not restored, starting without", metadata: ["error": "\(error)"])
            try? FileManager.default.removeItem(atPath: file + ".damaged")
            try? FileManager.default.moveItem(atPath: file, toPath: file + ".damaged")
        }
        return MemoryStore()
    }

    private static func keepSnapshots(of store: MemoryStore, at file: String, _ logger: Logger) async {
        @Sendable func save() async {
            do {
                // On a thread of its own: it waits for the disk.
                try await NIOThreadPool.singleton.runIfActive { try store.save(to: file, at: SessionTime.system.now) }
            } catch {
                logger.error("state not written", metadata: ["error": "\(error)"])
            }
        }
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(60))
                await save()
            }
        }
        await save()
    }
}
