#if Redis

/// Calls that were sent and have no answer yet, in the order in which the answers come.
struct CallsInFlight {
    private var slots: [PendingCall?] = []
    private var head = 0
    /// How many of them were sent again; their deadlines are out of order.
    private var repeated = 0

    /// How many there are.
    var count: Int { slots.count - head }

    /// Adds one that was just sent.
    mutating func append(_ call: PendingCall) {
        if call.isRepeated { repeated += 1 }
        slots.append(call)
    }

    /// Removes the oldest.
    mutating func next() -> PendingCall? {
        guard head < slots.count, let call = slots[head].take() else { return nil }
        head += 1
        if call.isRepeated { repeated -= 1 }
        if head == slots.count {
            slots.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 4_096 {
            slots.removeFirst(head)
            head = 0
        }
        return call
    }

    /// The earliest deadline.
    var deadline: Int64? {
        guard head < slots.count, let oldest = slots[head] else { return nil }
        guard repeated > 0 else { return oldest.deadline }
        return slots[head...].reduce(oldest.deadline) { min($0, $1?.deadline ?? $0) }
    }
}

#endif
