#if SQLite
import SMTPSecurity

/// Which lists of recipients are in the file already: those of one violation are among those of the next.
struct RecipientLists: Sendable {
    private struct List: Sendable {
        let number: SupportID
        var paths: PathList
    }

    /// The most sessions that are remembered. Recipients of others are written again, which is no loss.
    static let mostSessions = 4_096

    private var lists: [SessionID: List] = [:]

    /// The list of an entry's recipients, and how many of them are there already.
    func place(of item: QueuedEntry) -> (list: SupportID, known: Int) {
        guard let list = lists[item.entry.session] else { return (item.entry.supportID, 0) }
        if item.recipients.begins(with: list.paths) { return (list.number, list.paths.count) }
        return list.paths.begins(with: item.recipients)
            ? (list.number, item.recipients.count) : (item.entry.supportID, 0)
    }

    /// An entry was written.
    mutating func note(_ item: QueuedEntry, list: SupportID) {
        let session = item.entry.session
        if let known = lists[session] {
            if known.number == list, known.paths.count >= item.recipients.count { return }
        } else if lists.count >= Self.mostSessions {
            lists.removeAll(keepingCapacity: true)
        }
        lists[session] = List(number: list, paths: item.recipients)
    }
}
#endif
