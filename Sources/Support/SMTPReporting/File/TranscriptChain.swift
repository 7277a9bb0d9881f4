#if SQLite
import SMTPSecurity

/// Which lines of sessions are in the file already: those of one violation are most of those of the next.
struct TranscriptChain: Sendable {
    /// The newest row of a session that has lines, and how many lines the session had by then.
    struct Link: Sendable {
        var row: SupportID
        var lines: Int
    }

    /// The most sessions that are remembered. Lines of others are written again, which is no loss.
    static let mostSessions = 4_096

    private var links: [SessionID: Link] = [:]

    /// What is to be written for an entry: the row that has the lines before, and how many of the entry's own lines are there already.
    func place(of item: QueuedEntry) -> (previous: SupportID?, known: Int) {
        guard let earlier = item.earlierLines, let link = links[item.entry.session],
            // Lines that fell out in between would be missing from the middle.
            (earlier...earlier + item.lineCount).contains(link.lines)
        else { return (nil, 0) }
        return (link.row, link.lines - earlier)
    }

    /// An entry was written.
    mutating func note(_ item: QueuedEntry, known: Int) {
        guard let earlier = item.earlierLines, known < item.lineCount else { return }
        let session = item.entry.session
        if links.count >= Self.mostSessions, links[session] == nil { links.removeAll(keepingCapacity: true) }
        links[session] = Link(row: item.entry.supportID, lines: earlier + item.lineCount)
    }
}
#endif
