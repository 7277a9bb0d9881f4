/// What a table in memory remembers of a key: a few words.
package protocol MemoryValue: Sendable, BitwiseCopyable {
    /// How many words.
    static var wordCount: Int { get }

    /// What an empty place has.
    static var empty: Self { get }

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
package struct RateValue: MemoryValue {
    /// The theoretical arrival time, in microseconds since 1970.
    package var arrival: Int64
    /// The time that a full bucket stands for, in microseconds.
    package var tolerance: Int64

    package static let wordCount = 2
    package static var empty: Self { Self(arrival: 0, tolerance: 0) }

    package init(arrival: Int64, tolerance: Int64) {
        self.arrival = arrival
        self.tolerance = tolerance
    }

    package var expires: Int64 { arrival }

    /// The part of the allowance that is used, in thousandths: who has used most would gain most by being forgotten.
    package func weight(at now: Int64) -> Int {
        guard arrival > now, tolerance > 0 else { return 0 }
        return Int(min(1, Double(arrival - now) / Double(tolerance)) * 1_000)
    }
}

extension RateValue {
    package var words: [UInt64] { [UInt64(bitPattern: arrival), UInt64(bitPattern: tolerance)] }

    package init?(words: ArraySlice<UInt64>) {
        let values = words.map { Int64(bitPattern: $0) }
        guard values.count == Self.wordCount, values[1] >= 0 else { return nil }
        self.init(arrival: values[0], tolerance: values[1])
    }
}

/// When a sender was seen.
package struct SightingValue: MemoryValue {
    /// Microseconds since 1970.
    package var first: Int64
    /// Microseconds since 1970.
    package var last: Int64
    package var passes: Int64
    package var expires: Int64

    package static let wordCount = 4
    package static var empty: Self { Self(first: 0, last: 0, passes: 0, expires: 0) }

    /// Who has passed before who has not.
    package func weight(at now: Int64) -> Int { passes == 0 ? 0 : 1_000 + Int(min(passes, 1_000)) }

    package var words: [UInt64] { [first, last, passes, expires].map { UInt64(bitPattern: $0) } }

    package init(first: Int64, last: Int64, passes: Int64, expires: Int64) {
        self.first = first
        self.last = last
        self.passes = passes
        self.expires = expires
    }

    package init?(words: ArraySlice<UInt64>) {
        let values = words.map { Int64(bitPattern: $0) }
        guard values.count == Self.wordCount, values[2] >= 0 else { return nil }
        self.init(first: values[0], last: values[1], passes: values[2], expires: values[3])
    }
}

/// How often somebody failed.
package struct TallyValue: MemoryValue {
    /// The number of the window.
    package var number: Int64
    package var failures: Int32 = 0
    package var outcomes: Int32 = 0
    package var previousFailures: Int32 = 0
    package var previousOutcomes: Int32 = 0
    /// The end of the penalty, in milliseconds since 1970.
    package var penaltyEnd: Int64 = 0
    package var expires: Int64 = 0

    package static let wordCount = 5
    package static var empty: Self { Self(number: 0) }

    /// Who is penalised before who is not, then by failures.
    package func weight(at now: Int64) -> Int {
        penaltyEnd > now / 1_000 ? 3_000_000 : Int(failures) + Int(previousFailures)
    }

    package var words: [UInt64] {
        func pair(_ high: Int32, _ low: Int32) -> UInt64 {
            UInt64(UInt32(bitPattern: high)) << 32 | UInt64(UInt32(bitPattern: low))
        }
        return [
            UInt64(bitPattern: number), pair(failures, outcomes), pair(previousFailures, previousOutcomes),
            UInt64(bitPattern: penaltyEnd), UInt64(bitPattern: expires),
        ]
    }

    package init(number: Int64) { self.number = number }

    package init?(words: ArraySlice<UInt64>) {
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
