public import SMTPFileInspection
import SMTPMessageFormat
public import SMTPSecurity

/// Whether a message is what the standards have, and has attachments that are wanted.
///
/// ```swift
/// var check = ContentValidation()
/// check.attachments.disallowedExtensions.insert("iso")
/// check.detector = try MagicDetector()
/// check.archives = LibraryArchiveLister()
/// ```
///
/// What readers of mail read differently is a violation of its own: an attachment that one of them shows and another one does not is how
/// filters are evaded. See ``violation(for:)`` for which anomaly counts as what.
public struct ContentValidation: SecurityCheck {
    /// `content-validation`.
    public static let name = "content-validation"
    /// Whole messages.
    public static let stages: StageSet = .message

    /// What a message may have.
    public var limits = ContentLimits()
    /// Which attachments are not wanted.
    public var attachments = AttachmentPolicy()
    /// Fields that every message has, in lower case: `date` and `from` (RFC 5322 §3.6).
    public var requiredFields = ["date", "from"]
    /// What says what a file is. Texts without a file name, which are shown and not opened, are looked at by a ``SMTPFileInspection/SignatureDetector`` alone.
    public var detector: any FileTypeDetector = SignatureDetector()
    /// What says what is in an archive; `nil` to look into none.
    public var archives: (any ArchiveLister)?
    /// What archives may cost.
    public var archiveLimits = ArchiveLimits()
    /// How long one message may take.
    public var deadline = Duration.seconds(30)
    /// What happens when a message cannot be read.
    public var failureMode = FailureMode.temporaryFailure

    private var gate: Gate

    /// A check with the defaults.
    ///
    /// - Parameter concurrentMessages: how many messages are looked at at a time; others wait. Each may take as much memory as ``ContentLimits/archive``
    ///   and `ArchiveLimits.expandedSize` say.
    public init(concurrentMessages: Int = 4) { gate = Gate(concurrentMessages) }

    /// How many messages are looked at at a time, by this check and the copies made of it after this was set.
    public var concurrentMessages: Int {
        get { gate.capacity }
        set { if newValue != gate.capacity { gate = Gate(newValue) } }
    }

    /// Judges a message.
    public func evaluate(
        _ event: SessionEvent, in session: SessionContext, state: inout NoState
    ) -> Evaluation<NoState> {
        guard case .message(let message) = event else { return .pass }
        return .later { [self] context async throws(CheckFailure) -> Verdict in
            let findings = try await findings(in: message, at: context.now)
            guard !findings.isEmpty else { return .pass }
            return .violations(Self.violations(findings))
        }
    }

    /// What is wrong with a message.
    ///
    /// - Parameters:
    ///   - message: the message, which is read once from its beginning to its end.
    ///   - now: the time by which its date is judged.
    /// - Throws: why it could not be read, or that the task was cancelled.
    public func findings(in message: MessageContent, at now: Timestamp) async throws(CheckFailure) -> [ContentFinding] {
        guard await gate.enter() else { throw CheckFailure("it took too long") }
        defer { gate.leave() }
        var walker = MessageWalker()
        var inspector = ContentInspector(self, at: now)
        var offset: UInt64 = 0
        while offset < message.count {
            let piece: [UInt8]
            do {
                piece = try await message.octets(from: offset, limit: 65_536)
            } catch {
                throw CheckFailure("the message cannot be read: \(Evidence("\(error)"))")
            }
            guard !piece.isEmpty else { throw CheckFailure("the message cannot be read to its end") }
            walker.walk(piece.span) { inspector.add($0) }
            offset += UInt64(piece.count)
            // Others want to go on as well.
            await Task.yield()
            if Task.isCancelled { throw CheckFailure("it took too long") }
        }
        walker.finish { inspector.add($0) }
        if Task.isCancelled { throw CheckFailure("it took too long") }
        return inspector.finish()
    }

    /// One violation of each kind, with its first finding for evidence.
    private static func violations(_ findings: [ContentFinding]) -> [Violation] {
        var violations: [Violation] = []
        var counts: [ViolationDefinition: Int] = [:]
        for finding in findings { counts[finding.violation, default: 0] += 1 }
        for finding in findings {
            guard let count = counts.removeValue(forKey: finding.violation) else { continue }
            violations.append(Violation(finding.violation, evidence: finding.evidence(more: count - 1)))
        }
        return violations
    }
}
