import Crypto
import SMTPMessageFormat
import SMTPSecurity

/// Scans one message: its parts as they end, and then the whole.
struct MessageScan: Sendable {
    /// What came of it.
    struct Result: Sendable {
        var findings: [ScanFinding] = []
        /// Why the message could not be read to its end.
        var failure: CheckFailure?
    }

    /// A line that a receiving server would have put there. Scanners know a message by its first fields, and a sender could see to it
    /// that theirs are none of those (`%PDF-: x`).
    static let prefix = Array("Received: from client by scanner\r\n".utf8)

    /// A sample that is to be scanned.
    private struct Pending: Sendable {
        let sample: ScanSample
        let part: PartPath
        /// By which its verdict is remembered.
        let key: VerdictCache.Key?
    }

    /// Samples are handed over together, up to so many octets: each time takes a while.
    private static let batch = 1 << 20

    private let check: AntivirusCheck
    private let now: Timestamp
    private var result = Result()
    private var pending: [Pending] = []
    private var pendingKeys: Set<VerdictCache.Key> = []
    private var pendingOctets = 0
    /// How many parts were scanned, or are to be.
    private var scanned = 0
    private var isDone = false

    /// Who watches the time himself, and what he watches.
    private let timed: (scanner: any TimedScanner, time: ScanTime)?

    /// A scan that ends once its task is cancelled.
    init(_ check: AntivirusCheck, at now: Timestamp) {
        self.check = check
        self.now = now
        timed = nil
    }

    /// A scan that ends once its time is up.
    init(_ check: AntivirusCheck, at now: Timestamp, _ scanner: any TimedScanner, until time: ScanTime) {
        self.check = check
        self.now = now
        timed = (scanner, time)
    }

    private var isOver: Bool { timed?.time.isUp ?? false || Task.isCancelled }

    /// Once its task is cancelled it ends, with what it has found until then and a finding that says so.
    mutating func run(_ message: MessageContent) async -> Result {
        let isWhole = message.count <= UInt64(max(0, check.limits.message))
        if !isWhole { note(ScanFinding(.unscanned(.tooLarge))) }
        var whole: [UInt8] = []
        if isWhole {
            whole.reserveCapacity(Self.prefix.count + Int(message.count))
            whole += Self.prefix
        }
        var walker = MessageWalker()
        var collector = PartCollector(limit: check.limits.part)
        var offset: UInt64 = 0
        while offset < message.count, !isDone {
            let piece: [UInt8]
            do {
                piece = try await message.octets(from: offset, limit: 65_536)
            } catch {
                return failed("the message cannot be read: \(Evidence("\(error)"))")
            }
            guard !piece.isEmpty else { return failed("the message cannot be read to its end") }
            walker.walk(piece.span) { collector.add($0) }
            if isWhole { whole += piece }
            offset += UInt64(piece.count)
            await scan(&collector)
            if isOver { end() }
        }
        if !isDone {
            walker.finish { collector.add($0) }
            await scan(&collector)
        }
        if !isDone {
            if isWhole {
                pending.append(Pending(sample: ScanSample(whole, kind: .message), part: PartPath(), key: nil))
            }
            await flush()
        }
        for anomaly in collector.anomalies { note(anomaly) }
        return result
    }

    private mutating func failed(_ reason: String) -> Result {
        result.failure = CheckFailure(reason)
        return result
    }

    private mutating func note(_ finding: ScanFinding) {
        // A hostile message has the same in every part.
        guard result.findings.count < 1_000 else { return }
        result.findings.append(finding)
    }

    /// Scans the parts that have ended.
    private mutating func scan(_ collector: inout PartCollector) async {
        for item in collector.takeEnded() where !isDone {
            guard let octets = item.octets else {
                note(ScanFinding(.unscanned(.tooLarge), part: item.part.path, fileName: item.fileName))
                continue
            }
            guard !octets.isEmpty else { continue }
            await scan(ScanSample(octets, name: item.fileName, mediaType: item.part.mediaType), part: item.part.path)
        }
    }

    /// Has a part scanned, unless that has been done before.
    private mutating func scan(_ sample: ScanSample, part: PartPath) async {
        var key: VerdictCache.Key?
        if check.verdicts.isUsed {
            let own = VerdictCache.Key(sample)
            if let known = check.verdicts.verdict(for: own, version: check.scanner.signatureVersion, at: now) {
                return take(known, of: sample, part)
            }
            guard !pendingKeys.contains(own) else { return }
            key = own
        }
        guard mayScan(sample, part) else { return }
        pending.append(Pending(sample: sample, part: part, key: key))
        if let key { pendingKeys.insert(key) }
        pendingOctets += sample.octets.count
        if pendingOctets >= Self.batch { await flush() }
    }

    /// Scans what is to be scanned.
    private mutating func flush() async {
        guard !isOver else { return end() }
        guard !pending.isEmpty else { return }
        // Looked at before: what is found with newer signatures may be remembered for the older ones, but not the other way round.
        let version = check.scanner.signatureVersion
        let expiry = version == nil ? now.advanced(by: check.verdictLifetime) : nil
        let samples = pending.map(\.sample)
        let verdicts: [ScanVerdict]
        if let timed {
            verdicts = await timed.scanner.scan(samples, until: timed.time)
        } else {
            verdicts = await check.scanner.scan(samples)
        }
        for (item, verdict) in zip(pending, verdicts) where !isDone {
            if let key = item.key { check.verdicts.note(verdict, for: key, version: version, until: expiry) }
            take(verdict, of: item.sample, item.part)
        }
        if !isDone, verdicts.count < pending.count {
            take(
                .unscanned(.unavailable("\(verdicts.count) verdicts of \(pending.count) samples")),
                of: pending[verdicts.count].sample, pending[verdicts.count].part)
        }
        pending.removeAll(keepingCapacity: true)
        pendingKeys.removeAll(keepingCapacity: true)
        pendingOctets = 0
    }

    /// Notes what a verdict says.
    private mutating func take(_ verdict: ScanVerdict, of sample: ScanSample, _ part: PartPath) {
        switch verdict {
        case .clean: break
        case .infected(let signature):
            let octets = sample.octets[(sample.kind == .message ? Self.prefix.count : 0)...]
            let digest = Self.hexadecimal(SHA256.hash(data: octets))
            note(ScanFinding(.infected(signature), part: part, fileName: sample.name, digest: digest))
        case .unscanned(.deadline) where isOver: return end()
        case .unscanned(let reason):
            note(ScanFinding(.unscanned(reason), part: part, fileName: sample.name))
        }
        if verdict.isFinal { isDone = true }
    }

    /// Whether there may be another part; the first one too many is noted.
    private mutating func mayScan(_ sample: ScanSample, _ part: PartPath) -> Bool {
        scanned += 1
        if scanned == check.limits.parts + 1 {
            note(
                ScanFinding(
                    .unscanned(.limitExceeded("more than \(check.limits.parts) parts")), part: part,
                    fileName: sample.name))
        }
        return scanned <= check.limits.parts
    }

    /// The time is up.
    private mutating func end() {
        isDone = true
        note(ScanFinding(.unscanned(.deadline)))
    }

    private static func hexadecimal(_ digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for octet in digest {
            text.append(digits[Int(octet >> 4)])
            text.append(digits[Int(octet & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
