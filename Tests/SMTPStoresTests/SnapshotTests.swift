import Foundation
import SMTPSecurity
import Testing

@testable import SMTPStores

@Suite("A snapshot of the store in memory")
struct SnapshotTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let client = IPAddress.v4(0xC000_0207)
    private let seen = FirstSeenRule(
        delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 2)
    private let tally = TallyRule(
        window: .seconds(60), limit: 2, shareMinimum: 10, sharePercent: 80, penalty: .seconds(600))
    private let allowance = RateAllowance(5, per: .seconds(60))

    private func key(_ number: Int, _ purpose: String) -> StoreKey {
        var key = StoreKey(purpose)
        key.append(.client, .v4(UInt32(truncatingIfNeeded: number)))
        return key
    }

    /// A store that knows something of each kind, in a folder that is gone afterwards.
    private func withSnapshot(_ body: (MemoryStore, String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "snapshot-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = MemoryStore()
        for number in 0..<500 {
            _ = store.charge([RateCharge(key(number, "rate"), allowance, cost: 5)], by: client, at: now)
            _ = store.note(FirstSeenRequest([key(number, "seen")], rule: seen), by: client, at: now)
            for _ in 0..<2 {
                _ = store.record(isFailure: true, of: [key(number, "tally")], rule: tally, by: client, at: now)
            }
        }
        let path = folder.appending(path: "state").path
        try store.save(to: path, at: now)
        try body(store, path)
    }

    @Test("gives back everything")
    func restore() throws {
        try withSnapshot { store, path in
            let restored = try #require(try MemoryStore.restored(from: path, at: now))
            #expect(restored.usage(at: now).entries == 1_500)
            let later = now.advanced(by: .seconds(301))
            for number in 0..<500 {
                guard
                    case .exceeded? = restored.charge(
                        [RateCharge(key(number, "rate"), allowance, cost: 5)], by: client, at: now
                    ).immediate
                else {
                    Issue.record("rate \(number) is lost")
                    return
                }
                #expect(
                    restored.note(FirstSeenRequest([key(number, "seen")], rule: seen), by: client, at: later).immediate
                        == .passed(waited: .seconds(301)))
                #expect(restored.penalty(of: [key(number, "tally")], at: now).immediate == .some(.seconds(600)))
            }
        }
    }

    @Test("leaves out what has expired")
    func expired() throws {
        try withSnapshot { store, path in
            try store.save(to: path, at: now.advanced(by: .seconds(3_600)))
            let restored = try #require(try MemoryStore.restored(from: path, at: now))
            #expect(restored.usage(at: now).entries == 500)
        }
    }

    @Test("fits into a smaller store, as far as that has room")
    func smaller() throws {
        try withSnapshot { _, path in
            var limits = MemoryStore.Limits()
            limits.entries = 0
            let restored = try #require(try MemoryStore.restored(from: path, limits: limits, at: now))
            let usage = restored.usage(at: now)
            #expect(usage.entries > 500 && usage.entries <= 1_500)
        }
    }

    @Test("is nil where there is no file")
    func missing() throws {
        let restored = try MemoryStore.restored(from: "/nonexistent/state", at: now)
        #expect(restored == nil)
    }

    @Test("can only be read by its owner, and contains no address")
    func privacy() throws {
        try withSnapshot { _, path in
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect((attributes[.posixPermissions] as? Int) == 0o600)
            let octets = try Data(contentsOf: URL(fileURLWithPath: path))
            #expect(octets.range(of: Data("0.0.0.".utf8)) == nil)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: (path as NSString).deletingLastPathComponent) == [
                    "state"
                ])
        }
    }

    /// All offsets at the start and the end, and some in the middle.
    private func sample(_ count: Int) -> [Int] {
        (0..<count).filter { $0 < 48 || $0 % 997 == 0 || $0 > count - 24 }
    }

    @Test("is refused if any octet of it was changed, or any is missing")
    func damage() throws {
        try withSnapshot { _, path in
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            let damaged = path + ".damaged"
            for offset in sample(whole.count) {
                var octets = whole
                octets[offset] ^= 0x10
                try octets.write(to: URL(fileURLWithPath: damaged))
                #expect(throws: SnapshotError.self, "octet \(offset)") {
                    try MemoryStore.restored(from: damaged, at: now)
                }
            }
            for count in sample(whole.count) {
                try whole.prefix(count).write(to: URL(fileURLWithPath: damaged))
                #expect(throws: SnapshotError.self, "\(count) octets") {
                    try MemoryStore.restored(from: damaged, at: now)
                }
            }
            try (whole + Data([0])).write(to: URL(fileURLWithPath: damaged))
            #expect(throws: SnapshotError.self) { try MemoryStore.restored(from: damaged, at: now) }
        }
    }

    @Test("says what is wrong with a file")
    func errors() throws {
        try withSnapshot { store, path in
            let other = path + ".other"
            try Data(repeating: 0x41, count: 100).write(to: URL(fileURLWithPath: other))
            #expect {
                try MemoryStore.restored(from: other, at: now)
            } throws: { error in
                "\(error)" == "snapshot \"\(other)\": is damaged: it is not a snapshot of a store"
            }
            let folder = (path as NSString).deletingLastPathComponent
            #expect {
                try MemoryStore.restored(from: folder, at: now)
            } throws: { error in
                "\(error)" == "snapshot \"\(folder)\": cannot be read: Is a directory"
            }
            #expect {
                try store.save(to: folder + "/missing/state", at: now)
            } throws: { error in
                "\(error)" == "snapshot \"\(folder)/missing/state.new\": cannot be made: No such file or directory"
            }
        }
    }

    @Test("leaves the file that was there where a new one cannot be made")
    func failure() throws {
        try withSnapshot { store, path in
            let folder = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: path + ".new", withIntermediateDirectories: true)
            try Data().write(to: URL(fileURLWithPath: path + ".new/kept"))
            #expect(throws: SnapshotError.self) { try store.save(to: path, at: now) }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["state", "state.new"])
            let restored = try MemoryStore.restored(from: path, at: now)
            #expect(restored?.usage(at: now).entries == 1_500)
        }
    }
}
