/// What a table in memory remembers of a key: a few words.
protocol MemoryValue: Sendable, BitwiseCopyable {
    /// How many words.
    static var wordCount: Int { get }

    /// The time, in microseconds since 1970, from which on the value says nothing that an absent one would not.
    var expires: Int64 { get }

    /// How much would be lost with it: an entry with less gives way to one with more.
    func weight(at now: Int64) -> Int

    /// The value as words, for a file.
    var words: [UInt64] { get }

    /// The value of these words; `nil` if no value has them.
    init?(words: ArraySlice<UInt64>)
}

/// Where a rate stands.
struct RateValue: MemoryValue {
    /// The theoretical arrival time, in microseconds since 1970.
    var arrival: Int64
    /// The time that a full bucket stands for, in microseconds.
    var tolerance: Int64

    static let wordCount = 2

    var expires: Int64 { arrival }

    /// The part of the allowance that is used, in thousandths: who has used most would gain most by being forgotten.
    func weight(at now: Int64) -> Int {
        guard arrival > now, tolerance > 0 else { return 0 }
        return Int(min(1, Double(arrival - now) / Double(tolerance)) * 1_000)
    }
}

extension RateValue {
    var words: [UInt64] { [UInt64(bitPattern: arrival), UInt64(bitPattern: tolerance)] }

    init?(words: ArraySlice<UInt64>) {
        let values = words.map { Int64(bitPattern: $0) }
        guard values.count == Self.wordCount, values[1] >= 0 else { return nil }
        self.init(arrival: values[0], tolerance: values[1])
    }
}

/// When a sender was seen.
struct SightingValue: MemoryValue {
    /// Microseconds since 1970.
    var first: Int64
    /// Microseconds since 1970.
    var last: Int64
    var passes: Int64
    var expires: Int64

    static let wordCount = 4

    /// Who has passed before who has not.
    func weight(at now: Int64) -> Int { passes == 0 ? 0 : 1_000 + Int(min(passes, 1_000)) }

    var words: [UInt64] { [first, last, passes, expires].map { UInt64(bitPattern: $0) } }

    init(first: Int64, last: Int64, passes: Int64, expires: Int64) {
        self.first = first
        self.last = last
        self.passes = passes
        self.expires = expires
    }

    init?(words: ArraySlice<UInt64>) {
        let values = words.map { Int64(bitPattern: $0) }
        guard values.count == Self.wordCount, values[2] >= 0 else { return nil }
        self.init(first: values[0], last: values[1], passes: values[2], expires: values[3])
    }
}

/// How often somebody failed.
struct TallyValue: MemoryValue {
    /// The number of the window.
    var number: Int64
    var failures: Int32 = 0
    var outcomes: Int32 = 0
    var previousFailures: Int32 = 0
    var previousOutcomes: Int32 = 0
    /// The end of the penalty, in milliseconds since 1970.
    var penaltyEnd: Int64 = 0
    var expires: Int64 = 0

    static let wordCount = 5

    /// Who is penalised before who is not, then by failures.
    func weight(at now: Int64) -> Int {
        penaltyEnd > now / 1_000 ? 3_000_000 : Int(failures) + Int(previousFailures)
    }

    var words: [UInt64] {
        func pair(_ high: Int32, _ low: Int32) -> UInt64 {
            UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))
        }
        return [
            UInt64(bitPattern: number), pair(failures, outcomes), pair(previousFailures, previousOutcomes),
            UInt64(bitPattern: penaltyEnd), UInt64(bitPattern: expires),
        ]
    }

    init(number: Int64) { self.number = number }

    init?(words: ArraySlice<UInt64>) {
        guard words.count == Self.wordCount else { return nil }
        let words = Array(words)
        func half(_ word: UInt64) -> Int32 { Int32(bitPattern: UInt32(truncatingIfNeeded: word)) }
        number = Int64(bitPattern: words[0])
        (failures, outcomes) = (half(words[1] >> 32), half(words[1]))
        (previousFailures, previousOutcomes) = (half(words[2] >> 32), half(words[2]))
        penaltyEnd = Int64(bitPattern: words[3])
        expires = Int64(bitPattern: words[4])
        let counts = [failures, outcomes, previousFailures, previousOutcomes]
        guard counts.allSatisfy({ (0...1_000_000).contains($0) }) else { return nil }
    }
}
