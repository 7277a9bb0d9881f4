import SMTPSecurity

/// An entry that waits to be written, and what its session kept, of which only new lines are made into lines of the entry.
struct QueuedEntry: Sendable {
    let entry: ViolationEntry
    private let kept: SessionTranscript?
    /// The first of the session's lines that is written at all.
    private let first: Int

    init(_ entry: ViolationEntry, _ kept: SessionTranscript? = nil) {
        self.entry = entry
        self.kept = kept
        first = kept.map { max(0, $0.count - ViolationEntry.maximumTranscriptLines) } ?? 0
    }

    /// How many lines its session had before those of the entry; `nil` where nobody knows.
    var earlierLines: Int? { kept.map { $0.omittedLines + first } }

    /// How many lines the entry has.
    var lineCount: Int { kept.map { $0.count - first } ?? entry.transcript.count }

    /// The lines of the entry, without the first ones.
    func lines(droppingFirst number: Int) -> [TranscriptLine] {
        guard let kept else { return Array(entry.transcript.dropFirst(number)) }
        return kept.lines(droppingFirst: first + number).map { TranscriptLine($0) }
    }

    /// About how much memory it takes, in octets.
    var estimatedOctets: Int { entry.estimatedOctets + (kept?.octets ?? 0) }
}
