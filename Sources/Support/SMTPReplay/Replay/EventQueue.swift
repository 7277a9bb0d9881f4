import SMTPSecurity

/// What is due when, the earliest first; what is due at the same time in the order in which it was added.
struct EventQueue<Element> {
    private struct Entry {
        var time: Timestamp
        var order: UInt64
        var element: Element

        static func < (first: Entry, second: Entry) -> Bool {
            (first.time, first.order) < (second.time, second.order)
        }
    }

    /// A heap: each entry is earlier than the two below it.
    private var entries: [Entry] = []
    private var order: UInt64 = 0

    /// When the first one is due.
    var firstTime: Timestamp? { entries.first?.time }

    mutating func add(_ element: Element, at time: Timestamp) {
        order += 1
        entries.append(Entry(time: time, order: order, element: element))
        var index = entries.count - 1
        while index > 0, entries[index] < entries[(index - 1) / 2] {
            entries.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    /// Takes the first one.
    mutating func removeFirst() -> (time: Timestamp, element: Element)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        guard !entries.isEmpty else { return (first.time, first.element) }
        entries[0] = last
        var index = 0
        while true {
            let children = [2 * index + 1, 2 * index + 2].filter { $0 < entries.count }
            guard let least = children.min(by: { entries[$0] < entries[$1] }), entries[least] < entries[index] else {
                return (first.time, first.element)
            }
            entries.swapAt(index, least)
            index = least
        }
    }
}
