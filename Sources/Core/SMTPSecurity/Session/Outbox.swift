/// Octets that wait to be sent.
struct Outbox: Sendable {
    /// So many octets that have left may stay before they are forgotten: to empty an array takes as long as to write a short reply.
    private static let emptiedAt = 4_096

    /// All octets since it was last emptied. Whatever is to be sent is appended here.
    var octets: [UInt8] = []
    /// How many of them have left.
    private var taken = 0

    /// Whether nothing waits.
    var isEmpty: Bool { taken == octets.count }

    /// How many octets wait.
    var count: Int { octets.count - taken }

    /// Takes all octets that wait.
    mutating func take(_ body: (Span<UInt8>) -> Void) {
        guard !isEmpty else { return }
        body(octets.span.extracting(droppingFirst: taken))
        if octets.count < Self.emptiedAt { taken = octets.count } else { removeAll() }
    }

    /// Forgets what waits.
    mutating func removeAll() {
        octets.removeAll(keepingCapacity: true)
        taken = 0
    }
}
