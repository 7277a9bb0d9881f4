#if SQLite
import SMTPSecurity

/// Which recipients of sessions are in the file already: those of one violation are among those of the next.
struct RecipientLists: Sendable {
    private struct List: Sendable {
        let number: SupportID
        var paths: [String]
    }

    /// The most sessions that are remembered. Recipients of others are written again, which is no loss.
    static let mostSessions = 4_096

    private var lists: [SessionID: List] = [:]

    /// The list of an entry's recipients, and how many of them are there already.
    func place(of entry: ViolationEntry) -> (list: SupportID, known: Int) {
        guard let list = lists[entry.session] else { return (entry.supportID, 0) }
        let known = min(list.paths.count, entry.recipients.count)
        // By octets: texts that Swift takes for equal need not be the same.
        let isSame = zip(list.paths, entry.recipients).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
        return isSame ? (list.number, known) : (entry.supportID, 0)
    }

    /// An entry was written.
    mutating func note(_ entry: ViolationEntry, list: SupportID) {
        if let known = lists[entry.session] {
            if known.number == list, known.paths.count >= entry.recipients.count { return }
        } else if lists.count >= Self.mostSessions {
            lists.removeAll(keepingCapacity: true)
        }
        lists[entry.session] = List(number: list, paths: entry.recipients)
    }
}
#endif
