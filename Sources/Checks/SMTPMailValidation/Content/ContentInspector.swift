public import SMTPMessageFormat
public import SMTPSecurity

/// Looks at the events of a `MessageWalker` for what ``ContentValidation`` has as violations.
public struct ContentInspector: Sendable {
    /// How many findings are kept; a hostile message has one in every line.
    public static let mostFindings = 1_000

    private let check: ContentValidation
    private let now: Timestamp
    private var header: HeaderInspector
    private var findings: [ContentFinding] = []
    private var files: [InspectedFile] = []
    private var partCount = 0

    /// An inspector of one message.
    ///
    /// - Parameters:
    ///   - check: what is looked for.
    ///   - now: the time by which the date is judged.
    public init(_ check: ContentValidation, at now: Timestamp) {
        self.check = check
        self.now = now
        header = HeaderInspector(check, at: now)
    }

    /// Looks at an event.
    public mutating func add(_ event: MessageEvent) {
        switch event {
        case .field(let field): if field.part.depth == 0 { header.add(field) }
        case .begin(let part): begin(part)
        case .content(let octets, let encoding):
            guard !files.isEmpty else { return }
            files[files.count - 1].add(octets, encoding, check)
        case .anomaly(let anomaly, let path):
            note(
                ContentValidation.violation(for: anomaly.kind),
                "part \(path): \(anomaly.kind.rawValue) at octet \(anomaly.offset)")
        case .end:
            guard let file = files.popLast() else { return }
            for finding in file.findings(check) { note(finding) }
        case .messageEnd: break
        }
    }

    /// What was found.
    public func finish() -> [ContentFinding] { findings }

    private mutating func begin(_ part: MessagePart) {
        if part.path.depth == 0 {
            for finding in header.finish() { note(finding) }
        }
        partCount += 1
        if partCount == check.limits.parts + 1 {
            note(ContentValidation.tooManyParts, "more than \(check.limits.parts)")
        }
        if part.path.depth == check.limits.depth + 1 {
            note(ContentValidation.tooDeep, "part \(part.path.numbers.count) levels deep")
        }
        files.append(InspectedFile(part))
    }

    private mutating func note(_ violation: ViolationDefinition, _ evidence: String) {
        note(ContentFinding(violation, evidence))
    }

    private mutating func note(_ finding: ContentFinding) {
        if findings.count < Self.mostFindings || !findings.contains(where: { $0.violation == finding.violation }) {
            findings.append(finding)
        }
    }
}
