import SMTPSecurityTesting

extension Generator {
    /// A number from 0 up to a bound, which is positive.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in so many times.
    mutating func once(in times: Int) -> Bool { below(times) == 0 }

    /// One of some, of which there is at least one.
    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// One of the octets of a text that has some.
    mutating func pick(from text: StaticString) -> UInt8 { pick(Array("\(text)".utf8)) }

    /// A length that parsers find hard: around multiples of sixteen, or short.
    mutating func length(upTo limit: Int) -> Int {
        let hard = [7, 8, 9, 15, 16, 17, 31, 32, 33, 47, 48, 49, 62, 63, 64, 65, 79, 80, 81, 127, 128, 129]
        switch below(3) {
        case 0: return min(limit, 1 + below(12))
        case 1: return pick(hard.prefix { $0 <= limit } + [1])
        default: return 1 + below(limit)
        }
    }

    /// Letters in another case, some of them.
    mutating func recase(_ text: String) -> [UInt8] {
        let style = below(4)
        return text.utf8.map { octet in
            let isLetter = (0x41...0x5A).contains(octet & 0xDF) && octet < 0x80
            return isLetter && (style == 1 || (style == 2 && once(in: 2))) ? octet ^ 0x20 : octet
        }
    }

    /// Some octets replaced, inserted, removed, doubled or cut off, or the rest taken from another line.
    mutating func mutate(_ line: [UInt8], or other: [UInt8]) -> [UInt8] {
        var line = line
        for _ in 0..<(1 + below(4)) {
            let place = below(line.count + 1)
            switch below(12) {
            case 0...2: line.insert(hardOctet(), at: place)
            case 3...5: if place < line.count { line[place] = hardOctet() }
            case 6...7: if place < line.count { line.remove(at: place) }
            case 8: line.insert(contentsOf: line[place...].prefix(1 + below(20)), at: place)
            case 9: line.removeSubrange(place..<min(line.count, place + 1 + below(20)))
            case 10: line = Array(line[..<place])
            default: line = Array(line[..<place]) + other.suffix(below(other.count + 1))
            }
        }
        return line
    }

    /// An octet that means something to a grammar, or any other.
    private mutating func hardOctet() -> UInt8 {
        switch below(10) {
        case 0: UInt8(truncatingIfNeeded: next())
        case 1: pick([0x00, 0x01, 0x09, 0x0A, 0x0D, 0x1F, 0x7F, 0x80, 0x9F, 0xA0, 0xC2, 0xE3, 0xED, 0xEF, 0xF4, 0xFF])
        case 2...4: pick(from: "abzAZ019-._")
        default: pick(from: "<>@:;=,.\"\\[]+- !#$%&'()*/?^`{|}~")
        }
    }
}
