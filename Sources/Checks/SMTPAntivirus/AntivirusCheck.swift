import SMTPMessageFormat
public import SMTPSecurity

/// Whether a message contains malware, by what a scanner says of each of its parts and of the whole.
///
/// ```swift
/// let scanner = try await ClamAVScanner(ClamAVConfiguration(database: "/var/lib/clamav"))
/// var check = AntivirusCheck(scanner)
/// check.failureMode = .temporaryFailure
/// ```
///
/// Scanners have readers of mail of their own, and each of those can be led astray. So the parts are told apart and decoded here, in every way that
/// a recipient's program may do it, and scanned one by one; then the message as it is. Where the ways differ, that is a violation too.
///
/// What was not scanned is never taken for clean: each reason is a violation of its own, which a profile may refuse. If the scanner is away or
/// too slow, the failure mode counts as well.
public struct AntivirusCheck: SecurityCheck {
    /// `antivirus`.
    public static let name = "antivirus"
    /// Whole messages.
    public static let stages: StageSet = .message

    /// Who scans.
    public let scanner: any VirusScanner
    /// What is scanned.
    public var limits = AntivirusLimits()
    /// How long the scans of one message may take together. Below ``deadline``, so that what was found until then counts.
    public var scanTime = Duration.seconds(25)
    /// How long one message may take.
    public var deadline = Duration.seconds(30)
    /// What happens when the scanner is away or too slow, or the message cannot be read.
    public var failureMode = FailureMode.temporaryFailure
    /// How long verdicts are remembered of a scanner that does not tell when its signatures change.
    public var verdictLifetime = Duration.seconds(60)
    /// What measures ``scanTime``.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// The scanner, if it watches the time itself.
    private let timedScanner: (any TimedScanner)?
    private(set) var verdicts: VerdictCache
    private var gate: Gate

    /// A check with the defaults.
    ///
    /// - Parameters:
    ///   - scanner: who scans.
    ///   - concurrentMessages: how many messages are scanned at a time; others wait. Each takes as much memory as it is large, about twice.
    ///   - rememberedVerdicts: of how many samples the verdict is remembered, so that the same attachment is scanned once; each takes about
    ///     200 octets. 0 for none.
    public init(_ scanner: any VirusScanner, concurrentMessages: Int = 8, rememberedVerdicts: Int = 16_384) {
        self.scanner = scanner
        timedScanner = scanner as? any TimedScanner
        gate = Gate(concurrentMessages)
        verdicts = VerdictCache(rememberedVerdicts)
    }

    /// How many messages are scanned at a time, by this check and the copies made of it after this was set.
    public var concurrentMessages: Int {
        get { gate.capacity }
        set { if newValue != gate.capacity { gate = Gate(newValue) } }
    }

    /// Of how many samples the verdict is remembered. What was remembered is forgotten when this changes.
    public var rememberedVerdicts: Int {
        get { verdicts.capacity }
        set { if newValue != verdicts.capacity { verdicts = VerdictCache(newValue) } }
    }

    /// The threads of the scanner, if it has some.
    public var executor: (any TaskExecutor)? { timedScanner?.executor }

    /// Judges a message.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        guard case .message(let message) = event else { return .pass }
        return .later { [self] context async throws(CheckFailure) -> Verdict in
            await verdict(on: message, at: context.now, within: scanTime - context.waited)
        }
    }

    /// What is found in a message.
    ///
    /// Nothing more is looked for once malware is found, or once the scanner is away or too slow.
    ///
    /// - Parameters:
    ///   - message: the message, which is read once from its beginning to its end.
    ///   - now: the time by which remembered verdicts are judged.
    /// - Throws: why it could not be read.
    public func findings(in message: MessageContent, at now: Timestamp) async throws(CheckFailure) -> [ScanFinding] {
        let result = await scan(message, at: now, within: scanTime)
        if let failure = result.failure { throw failure }
        return result.findings
    }

    /// What is wrong with a message, for a session.
    ///
    /// - Parameters:
    ///   - message: the message, which is read once from its beginning to its end.
    ///   - now: the time by which remembered verdicts are judged.
    public func verdict(on message: MessageContent, at now: Timestamp) async -> Verdict {
        await verdict(on: message, at: now, within: scanTime)
    }

    private func verdict(on message: MessageContent, at now: Timestamp, within time: Duration) async -> Verdict {
        let result = await scan(message, at: now, within: time)
        var failure = result.failure
        var violations: [Violation] = []
        var counts: [ViolationDefinition: Int] = [:]
        for finding in result.findings { counts[finding.violation, default: 0] += 1 }
        for finding in result.findings {
            if case .unscanned(let reason) = finding.kind, failure == nil {
                switch reason {
                case .unavailable, .deadline: failure = CheckFailure("\(scanner.name): \(Evidence("\(reason)"))")
                case .tooLarge, .encrypted, .limitExceeded: break
                }
            }
            guard let count = counts.removeValue(forKey: finding.violation) else { continue }
            violations.append(Violation(finding.violation, evidence: finding.evidence(more: count - 1)))
        }
        return switch (violations.isEmpty, failure) {
        case (true, nil): .pass
        case (false, nil): .violations(violations)
        case (true, let failure?): .unavailable(failure)
        case (false, let failure?): .incomplete(violations, failure)
        }
    }

    /// Scans until the time is up.
    private func scan(_ message: MessageContent, at now: Timestamp, within duration: Duration) async
        -> MessageScan.Result
    {
        if let timedScanner, gate.tryEnter() {
            defer { gate.leave() }
            let time = ScanTime(duration, clock: clock)
            defer { time.end() }
            var scan = MessageScan(self, at: now, timedScanner, until: time)
            return await scan.run(message)
        }
        return await withDeadline(duration, clock: clock) {
            // Whoever waits here waits within the time.
            guard await gate.enter() else {
                return MessageScan.Result(findings: [ScanFinding(.unscanned(.deadline))])
            }
            defer { gate.leave() }
            var scan = MessageScan(self, at: now)
            return await scan.run(message)
        }
    }
}
