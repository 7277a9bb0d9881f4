import SMTPAntivirus
import SMTPSecurityTesting
import Synchronization

/// A scanner that says what a test has it say, and keeps what it was asked.
final class ScriptedScanner: VirusScanner {
    let name = "scripted"
    private let version = Mutex<String?>("1")
    private let asked = Mutex<[ScanSample]>([])
    private let answer: @Sendable (ScanSample) async -> ScanVerdict

    init(_ answer: @escaping @Sendable (ScanSample) async -> ScanVerdict) { self.answer = answer }

    /// One that looks for the test virus, and for nothing else: it has no reader of mail.
    static var literal: ScriptedScanner {
        ScriptedScanner { TestVirus.isFound(in: $0.octets) ? .infected("Test") : .clean }
    }

    /// One that never answers.
    static var hung: ScriptedScanner {
        ScriptedScanner { _ in
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
            return .unscanned(.deadline)
        }
    }

    var signatureVersion: String? {
        get { version.withLock { $0 } }
        set { version.withLock { $0 = newValue } }
    }

    /// What it was asked.
    var samples: [ScanSample] { asked.withLock { $0 } }

    func scan(_ sample: ScanSample) async -> ScanVerdict {
        asked.withLock { $0.append(sample) }
        return await answer(sample)
    }
}

/// The same, as one that watches the time itself; it is never asked in another way.
struct TimedScriptedScanner: TimedScanner {
    let name = "timed"
    let signatureVersion: String? = "1"
    var executor: (any TaskExecutor)?
    let answer: @Sendable (ScanSample, ScanTime) async -> ScanVerdict

    init(
        executor: (any TaskExecutor)? = nil, _ answer: @escaping @Sendable (ScanSample, ScanTime) async -> ScanVerdict
    ) {
        self.executor = executor
        self.answer = answer
    }

    /// One that answers once the time is up.
    static var hung: TimedScriptedScanner {
        TimedScriptedScanner { _, time in
            await withCheckedContinuation { continuation in
                time.whenUp { continuation.resume(returning: .unscanned(.deadline)) }
            }
        }
    }

    func scan(_ sample: ScanSample) async -> ScanVerdict { preconditionFailure("asked without a time") }

    func scan(_ samples: [ScanSample], until time: ScanTime) async -> [ScanVerdict] {
        var verdicts: [ScanVerdict] = []
        for sample in samples { verdicts.append(await answer(sample, time)) }
        return verdicts
    }
}
