import SMTPSecurity

/// A violation that waits to be written, with those lines of its session that no earlier one brought.
///
/// A class because it is not copied: it goes from the queue into batches, and from there into the file.
final class QueuedEntry: Sendable {
    /// The violation, without what is kept apart here.
    let entry: ViolationEntry
    /// The first recipients of the transaction.
    let recipients: PathList
    /// The new lines of its session, as ``TranscriptText`` has them.
    private let lines: [UInt8]
    /// How many lines it has, those of earlier entries included.
    let lineCount: Int
    /// The entry that has the lines before the new ones; `nil` if there are none.
    let previous: SupportID?
    /// How many lines its session had with the last new one; `nil` where there are none, or nobody knows.
    let sessionLines: Int?

    /// One with the lines that it has itself.
    init(_ entry: ViolationEntry) {
        self.entry = entry
        recipients = PathList(entry.recipients)
        lineCount = entry.transcript.count
        lines = []
        previous = nil
        sessionLines = nil
    }

    /// One with the first recipients and the last lines that its session kept.
    ///
    /// Of those only text is taken along: the session goes on writing to its own memory, and would have to copy all of it.
    ///
    /// - Parameters:
    ///   - entry: the violation, without recipients and lines.
    ///   - recipients: the recipients, escaped.
    ///   - kept: the lines; `nil` if none were kept.
    ///   - link: the newest entry of the session that brought lines.
    init(
        _ entry: ViolationEntry, _ recipients: [Evidence], _ kept: SessionTranscript?,
        behind link: TranscriptChain.Link?
    ) {
        self.entry = entry
        // So little is kept of a path that nothing of it is cut.
        self.recipients = PathList(recipients.prefix(ViolationEntry.maximumRecipients).lazy.map(\.description))
        guard let kept else {
            (lines, lineCount, previous, sessionLines) = ([], 0, nil, nil)
            return
        }
        let first = max(0, kept.count - ViolationEntry.maximumTranscriptLines)
        let count = kept.count - first
        lineCount = count
        let earlier = kept.omittedLines + first
        let known = link.map { $0.known(of: earlier..<earlier + count, by: entry.supportID) } ?? 0
        previous = known > 0 ? link?.row : nil
        let isNew = known < count && link?.row != entry.supportID
        sessionLines = isNew ? earlier + count : nil
        var lines: [UInt8] = []
        lines.reserveCapacity(128 * (count - known))
        TranscriptText.write(kept, droppingFirst: first + known, to: &lines)
        self.lines = lines
    }

    /// Appends the lines that no earlier entry has.
    func writeLines(to octets: inout [UInt8]) {
        octets.append(contentsOf: lines)
        TranscriptText.write(entry.transcript, to: &octets)
    }

    /// About how much memory it takes, in octets.
    var estimatedOctets: Int { entry.estimatedOctets + recipients.size + lines.count }
}
