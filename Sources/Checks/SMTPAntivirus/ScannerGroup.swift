/// Several scanners as one.
public struct ScannerGroup: VirusScanner {
    /// Whose word counts.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// A sample is infected if one of them says so, and clean if all of them do.
        case any
        /// A sample is infected if all that have scanned it say so; clean if all have scanned it and one finds nothing. Against scanners that are wrong
        /// now and then.
        case all
        /// They are asked in order, until one has scanned all of the sample: the others stand in for it.
        case first
    }

    /// The scanners, in order.
    public let scanners: [any VirusScanner]
    /// Whose word counts.
    public let rule: Rule

    /// A group.
    ///
    /// - Precondition: there is at least one scanner.
    public init(_ rule: Rule, _ scanners: [any VirusScanner]) {
        precondition(!scanners.isEmpty, "a group without scanners would find everything clean")
        self.scanners = scanners
        self.rule = rule
    }

    /// `first(clamd, libclamav)`.
    public var name: String { "\(rule.rawValue)(\(scanners.map(\.name).joined(separator: ", ")))" }

    /// What all of them have; `nil` if one of them cannot tell.
    public var signatureVersion: String? {
        var versions: [String] = []
        for scanner in scanners {
            guard let version = scanner.signatureVersion else { return nil }
            versions.append("\(version.utf8.count):\(version)")
        }
        return versions.joined()
    }

    /// Asks as the rule has it; by ``Rule/any`` and ``Rule/all`` all of them at the same time.
    public func scan(_ sample: ScanSample) async -> ScanVerdict {
        switch rule {
        case .any: await scanWithAll(sample) { verdicts in verdicts.firstInfected ?? verdicts.firstUnscanned ?? .clean }
        case .all:
            await scanWithAll(sample) { verdicts in
                if let found = verdicts.firstInfected, !verdicts.contains(.clean) { return found }
                return verdicts.firstUnscanned ?? .clean
            }
        case .first: await scanInOrder(sample)
        }
    }

    private func scanInOrder(_ sample: ScanSample) async -> ScanVerdict {
        var first: ScanVerdict?
        for scanner in scanners {
            let verdict = await scanner.scan(sample)
            guard case .unscanned(let reason) = verdict else { return verdict }
            if first == nil { first = verdict }
            if reason == .deadline, Task.isCancelled { break }
        }
        return first ?? .unscanned(.deadline)
    }

    private func scanWithAll(
        _ sample: ScanSample, _ judge: ([ScanVerdict]) -> ScanVerdict
    ) async -> ScanVerdict {
        let verdicts = await withTaskGroup(of: (Int, ScanVerdict).self) { group in
            for (index, scanner) in scanners.enumerated() {
                group.addTask { (index, await scanner.scan(sample)) }
            }
            var verdicts = [ScanVerdict](repeating: .unscanned(.deadline), count: scanners.count)
            for await (index, verdict) in group {
                verdicts[index] = verdict
                // Nothing that the others say changes it any more.
                if rule == .any, case .infected = verdict { group.cancelAll() }
            }
            return verdicts
        }
        return judge(verdicts)
    }
}

extension [ScanVerdict] {
    fileprivate var firstInfected: ScanVerdict? {
        first { if case .infected = $0 { true } else { false } }
    }

    fileprivate var firstUnscanned: ScanVerdict? {
        first { if case .unscanned = $0 { true } else { false } }
    }
}
