import SMTPSecurity

/// Which lines of sessions were recorded already: those of one violation are most of those of the next.
struct TranscriptChain: Sendable {
    /// The newest entry of a session that brought lines, and how many lines the session had by then.
    struct Link: Sendable {
        var row: SupportID
        var lines: Int

        /// How many of an entry's lines are there, by the numbers that they have in the session.
        func known(of lines: Range<Int>, by entry: SupportID) -> Int {
            // Lines that fell out in between would be missing from the middle. An entry that is recorded twice has none before itself.
            guard lines.lowerBound...lines.upperBound ~= self.lines, row != entry else { return 0 }
            return self.lines - lines.lowerBound
        }
    }

    /// The most sessions that are remembered. Lines of others are written again, which is no loss.
    static let mostSessions = 4_096

    private var links: [SessionID: Link] = [:]

    /// What is known of a session.
    func link(of session: SessionID) -> Link? { links[session] }

    /// An entry will be written.
    mutating func note(_ item: QueuedEntry) {
        guard let lines = item.sessionLines else { return }
        let session = item.entry.session
        if links.count >= Self.mostSessions, links[session] == nil { links.removeAll(keepingCapacity: true) }
        links[session] = Link(row: item.entry.supportID, lines: lines)
    }
}
