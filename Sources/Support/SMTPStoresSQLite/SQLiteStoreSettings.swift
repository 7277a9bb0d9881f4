#if SQLite
public import SMTPStores

/// How a ``SQLiteStore`` treats its file, and how much it keeps.
public struct SQLiteStoreSettings: Sendable, Hashable {
    /// What an answered decision survives.
    public enum Durability: String, Sendable, Hashable, CaseIterable {
        /// The end of the process in any way, `kill -9` included. A power cut may take the newest decisions, but does not damage
        /// the file.
        case process
        /// A power cut too: every transaction waits for the disk.
        case powerCut
    }

    /// What an answered decision survives.
    public var durability = Durability.process
    /// How much is remembered, in memory and in the file. An entry takes about 150 octets in the file.
    public var limits = MemoryStore.Limits()
    /// The most changes that wait for the file at a time; at least 1. What would change something beyond them fails at once.
    public var mostWaiting = 65_536
    /// How long opening waits while another process has the file, for example the one that this one replaces.
    public var openTimeout = Duration.seconds(5)

    /// The defaults.
    public init() {}
}
#endif
