package import SMTPSecurity

/// That a store in memory remembers something else of a key than before: for a store that keeps a copy in a file.
package struct MemoryChange: Sendable, Hashable {
    /// What a key is for.
    package enum Kind: UInt8, Sendable, Hashable {
        case rate, sighting, trustee, tally
    }

    package var kind: Kind
    package var key: StoreKey
    package var fingerprint: Fingerprint
}

/// Where a store in memory notes what it changes.
protocol ChangeLog {
    mutating func note(_ kind: MemoryChange.Kind, _ key: StoreKey, _ fingerprint: Fingerprint)
}

/// For a store that is its own copy.
struct NoChangeLog: ChangeLog {
    @inline(__always)
    mutating func note(_ kind: MemoryChange.Kind, _ key: StoreKey, _ fingerprint: Fingerprint) {}
}

extension [MemoryChange]: ChangeLog {
    mutating func note(_ kind: MemoryChange.Kind, _ key: StoreKey, _ fingerprint: Fingerprint) {
        append(MemoryChange(kind: kind, key: key, fingerprint: fingerprint))
    }
}
