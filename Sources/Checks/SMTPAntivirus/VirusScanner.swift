/// Looks for malware in octets: a library in this process, or a server.
///
/// ```swift
/// struct NoGifts: VirusScanner {
///     let name = "no-gifts"
///     func scan(_ sample: ScanSample) async -> ScanVerdict {
///         sample.name == "gift.exe" ? .infected("Gift") : .clean
///     }
/// }
/// ```
public protocol VirusScanner: Sendable {
    /// What logs and evidence call it, such as `libclamav`.
    var name: String { get }

    /// What the verdicts depend on: another value once there are other signatures. Verdicts that were found under another value are not used again.
    ///
    /// `nil` if the scanner cannot tell; its verdicts are then remembered for ``AntivirusCheck/verdictLifetime`` only.
    var signatureVersion: String? { get }

    /// Scans a sample.
    ///
    /// It does not throw: what could not be scanned is ``ScanVerdict/unscanned(_:)``, and never clean. Once its task is cancelled, it returns without
    /// delay, with ``UnscannedReason/deadline``.
    func scan(_ sample: ScanSample) async -> ScanVerdict

    /// Scans several samples, in order.
    ///
    /// A scanner that has a way to go for each call implements this too; otherwise one sample is scanned after the other.
    ///
    /// - Returns: the verdicts, in the order of the samples; those behind the first one that ``ScanVerdict/isFinal`` are missing.
    func scan(_ samples: [ScanSample]) async -> [ScanVerdict]
}

extension VirusScanner {
    /// It cannot tell.
    public var signatureVersion: String? { nil }

    /// One after the other.
    public func scan(_ samples: [ScanSample]) async -> [ScanVerdict] {
        var verdicts: [ScanVerdict] = []
        for sample in samples {
            let verdict = await scan(sample)
            verdicts.append(verdict)
            if verdict.isFinal { break }
        }
        return verdicts
    }
}
