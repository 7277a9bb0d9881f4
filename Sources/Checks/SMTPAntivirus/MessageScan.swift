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

    private let check: AntivirusCheck
    private let now: Timestamp
    private var result = Result()
    /// How many parts were scanned.
    private var scanned = 0
    private var isDone = false

    init(_ check: AntivirusCheck, at now: Timestamp) {
        self.check = check
        self.now = now
    }

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
        }
        guard !isDone else { return finished(collector) }
        walker.finish { collector.add($0) }
        await scan(&collector)
        guard !isDone, isWhole else { return finished(collector) }
        await scan(ScanSample(whole, kind: .message), part: PartPath(), dropping: Self.prefix.count)
        return finished(collector)
    }

    private mutating func failed(_ reason: String) -> Result {
        result.failure = CheckFailure(reason)
        return result
    }

    private mutating func finished(_ collector: PartCollector) -> Result {
        for anomaly in collector.anomalies { note(anomaly) }
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
            let sample = ScanSample(octets, name: item.fileName, mediaType: item.part.mediaType)
            await scan(sample, part: item.part.path, dropping: 0)
        }
    }

    /// Scans a sample, of which so many octets are ours.
    private mutating func scan(_ sample: ScanSample, part: PartPath, dropping ours: Int) async {
        guard !Task.isCancelled else { return end() }
        let verdict: ScanVerdict
        // Of whole messages no two are the same.
        if sample.kind == .part, check.verdicts.isUsed {
            let version = check.scanner.signatureVersion
            let key = VerdictCache.Key(sample, digest: Self.digest(sample.octets, dropping: 0))
            if let known = check.verdicts.verdict(for: key, version: version, at: now) {
                verdict = known
            } else {
                guard mayScan(sample, part) else { return }
                verdict = await check.scanner.scan(sample)
                let expiry = version == nil ? now.advanced(by: check.verdictLifetime) : nil
                check.verdicts.note(verdict, for: key, version: version, until: expiry)
            }
        } else {
            guard sample.kind == .message || mayScan(sample, part) else { return }
            verdict = await check.scanner.scan(sample)
        }
        switch verdict {
        case .clean: break
        case .infected(let signature):
            let digest = Self.digest(sample.octets, dropping: ours)
            note(
                ScanFinding(
                    .infected(signature), part: part, fileName: sample.name,
                    digest: Self.hexadecimal(digest)))
            // Nothing that is found beside it makes a difference.
            isDone = true
        case .unscanned(.deadline) where Task.isCancelled: end()
        case .unscanned(let reason):
            note(ScanFinding(.unscanned(reason), part: part, fileName: sample.name))
            // A scanner that is away or slow is not asked about every other part as well.
            switch reason {
            case .unavailable, .deadline: isDone = true
            case .tooLarge, .encrypted, .limitExceeded: break
            }
        }
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

    private static func digest(_ octets: [UInt8], dropping count: Int) -> SHA256.Digest {
        SHA256.hash(data: octets[count...])
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
