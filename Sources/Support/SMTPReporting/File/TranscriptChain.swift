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
    mutating func add(_ item: QueuedEntry) -> (previous: SupportID?, known: Int) {
        let entry = item.entry
        guard let earlier = item.earlierLines else { return (nil, 0) }
        let end = earlier + entry.transcript.count
        let link = links[entry.session]
        var found: (previous: SupportID?, known: Int) = (nil, 0)
        // Lines that fell out in between would be missing from the middle.
        if let link, (earlier...end).contains(link.lines) { found = (link.row, link.lines - earlier) }
        if found.known < entry.transcript.count {
            if links.count >= Self.mostSessions, link == nil { links.removeAll(keepingCapacity: true) }
            links[entry.session] = Link(row: entry.supportID, lines: end)
        }
        return found
    }
}
#endif
