import SMTPMessageFormat

/// Puts the content of each part together, in each of its readings.
struct PartCollector: Sendable {
    /// One reading of a part, complete.
    struct Part: Sendable {
        let part: MessagePart
        /// `nil` if it was too large.
        let octets: [UInt8]?

        /// The name that people get to see, if it has one.
        var fileName: String? { part.fileNames.first?.decoded }
    }

    private struct Reading: Sendable {
        let encoding: TransferEncoding
        var octets: [UInt8] = []
        var isTooLarge = false
    }

    private struct Open: Sendable {
        let part: MessagePart
        var readings: [Reading] = []
    }

    private let limit: Int
    private var open: [Open] = []
    /// Those that have ended, for the caller to take away.
    private(set) var ended: [Part] = []
    /// The first anomaly of each kind that may hide something.
    private(set) var anomalies: [ScanFinding] = []

    init(limit: Int) { self.limit = limit }

    mutating func takeEnded() -> [Part] {
        defer { ended.removeAll(keepingCapacity: true) }
        return ended
    }

    mutating func add(_ event: MessageEvent) {
        switch event {
        case .field, .messageEnd: break
        case .begin(let part): open.append(Open(part: part))
        case .content(let octets, let encoding):
            guard !open.isEmpty else { return }
            add(octets, encoding, to: open.count - 1)
        case .anomaly(let anomaly, let path):
            let kind = ScanFinding.Kind.anomaly(anomaly.kind)
            guard anomaly.kind.mayHideContent, !anomalies.contains(where: { $0.kind == kind }) else { return }
            anomalies.append(ScanFinding(kind, part: path))
        case .end:
            guard let last = open.popLast() else { return }
            for reading in last.readings {
                ended.append(Part(part: last.part, octets: reading.isTooLarge ? nil : reading.octets))
            }
        }
    }

    private mutating func add(_ octets: Span<UInt8>, _ encoding: TransferEncoding, to index: Int) {
        let place: Int
        if let known = open[index].readings.firstIndex(where: { $0.encoding == encoding }) {
            place = known
        } else {
            place = open[index].readings.count
            open[index].readings.append(Reading(encoding: encoding))
        }
        guard !open[index].readings[place].isTooLarge else { return }
        if open[index].readings[place].octets.count + octets.count > limit {
            open[index].readings[place].isTooLarge = true
            open[index].readings[place].octets = []
            return
        }
        open[index].readings[place].octets.append(copying: octets)
    }
}
