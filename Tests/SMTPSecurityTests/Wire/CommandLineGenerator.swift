import SMTPSecurityTesting

/// Makes lines as the grammar of commands has them, of lengths that are hard for a parser that reads blocks of octets, and
/// lines that are nearly so.
struct CommandLineGenerator {
    var random: Generator

    init(seed: UInt64) { random = Generator(seed: seed) }

    /// A line, right or wrong.
    mutating func anyLine() -> [UInt8] {
        let line = validLine()
        return random.once(in: 3) ? line : random.mutate(line, or: validLine())
    }

    /// A line that is nearly always right: names may be longer than the limits.
    mutating func validLine() -> [UInt8] {
        var line: [UInt8]
        switch random.below(16) {
        case 0...5: line = sender()
        case 6...9: line = recipient()
        case 10...11: line = random.recase(random.pick(["EHLO", "HELO", "LHLO"])) + space() + greetingName()
        case 12: line = chunk()
        case 13: line = authentication()
        case 14:
            line = random.recase(random.pick(["DATA", "RSET", "QUIT", "STARTTLS", "TURN", "NOOP", "HELP", "ATRN"]))
        default: line = text()
        }
        if random.once(in: 12) { line += Array(repeating: random.pick([0x20, 0x09]), count: 1 + random.below(18)) }
        return line
    }

    /// One space, seldom something that is tolerated.
    private mutating func space() -> [UInt8] {
        random.once(in: 16) ? (0...random.below(3)).map { _ in random.pick([0x20, 0x09]) } : [0x20]
    }

    /// `MAIL` and its old siblings.
    private mutating func sender() -> [UInt8] {
        let verb = random.once(in: 8) ? random.pick(["SEND", "SOML", "SAML"]) : "MAIL"
        var line = random.recase(verb) + space() + random.recase("FROM:")
        if random.once(in: 16) { line += space() }
        line += random.once(in: 10) ? Array("<>".utf8) : path()
        var parameters = ParameterGenerator()
        for _ in 0..<parameterCount() { line += space() + parameters.sender(&self) }
        return line
    }

    private mutating func recipient() -> [UInt8] {
        var line = random.recase("RCPT") + space() + random.recase("TO:")
        if random.once(in: 16) { line += space() }
        switch random.below(20) {
        case 0...1: line += [0x3C] + random.recase("Postmaster") + [0x3E]
        case 2: line += [0x3C, 0x3E]
        default: line += path()
        }
        var parameters = ParameterGenerator()
        for _ in 0..<parameterCount() { line += space() + parameters.recipient(&self) }
        return line
    }

    private mutating func parameterCount() -> Int {
        random.once(in: 40) ? 14 + random.below(5) : random.pick([0, 0, 1, 1, 2, 3, 5])
    }

    private mutating func path() -> [UInt8] {
        var path: [UInt8] = [0x3C]
        if random.once(in: 12) {
            for hop in 0..<(1 + random.below(4)) { path += (hop > 0 ? [0x2C, 0x40] : [0x40]) + name(upTo: 100) }
            path.append(0x3A)
        }
        return path + mailbox() + [0x3E]
    }

    /// `Mailbox`.
    mutating func mailbox() -> [UInt8] { localPart() + [0x40] + domain() }

    mutating func localPart() -> [UInt8] {
        let count = random.length(upTo: 66)
        if random.once(in: 6) { return quotedString(count) }
        var text: [UInt8] = []
        while text.count < count {
            switch random.below(24) {
            case 0: text.append(random.pick(from: "!#$%&'*+-/=?^_`{|}~"))
            case 1: if let last = text.last, last != 0x2E, text.count + 1 < count { text.append(0x2E) }
            case 2: if random.once(in: 6) { text += character() }
            default: text.append(random.pick(from: "abcxyzABCXYZ0189"))
            }
        }
        return text
    }

    private mutating func quotedString(_ count: Int) -> [UInt8] {
        var text: [UInt8] = [0x22]
        while text.count + 1 < count {
            switch random.below(12) {
            case 0: text += [0x5C, UInt8(0x20 + random.below(0x5F))]
            case 1: text += random.once(in: 4) ? character() : [0x2E]
            case 2: text.append(random.pick(from: " <>@,:;[]()"))
            default: text.append(random.pick(from: "abcxyzABCXYZ0189"))
            }
        }
        return text + [0x22]
    }

    /// `Domain / address-literal`.
    mutating func domain() -> [UInt8] {
        random.once(in: 8) ? literal() : name(upTo: random.once(in: 3) ? 258 : 70)
    }

    /// Labels up to and above 63 octets.
    private mutating func name(upTo limit: Int) -> [UInt8] {
        // A label of all but its whole length, or one octet more.
        if limit > 65, random.once(in: 8) {
            return (0..<(62 + random.below(4))).map { _ in random.pick(from: "abcxyzABCXYZ0189") }
        }
        var name: [UInt8] = []
        let count =
            random.once(in: 6) ? random.pick([limit, max(1, limit - 2 - random.below(4))]) : random.length(upTo: limit)
        while name.count < count {
            if !name.isEmpty { name.append(0x2E) }
            let end = min(
                name.count + random.pick([1, 2, 3, 5, 8, 15, 16, 31, 62, 63, random.once(in: 10) ? 64 : 63]),
                max(count, name.count + 1))
            let isInternationalized = random.once(in: 24)
            let start = name.count
            while name.count < end {
                if isInternationalized, random.once(in: 3) {
                    name += character()
                } else if name.count > start, name.count + 1 < end, random.once(in: 10) {
                    name.append(0x2D)
                } else {
                    name.append(random.pick(from: "abcxyzABCXYZ0189"))
                }
            }
        }
        return name
    }

    /// A character above 127: often one at the edge of what is allowed, seldom one that is not.
    mutating func character() -> [UInt8] {
        if random.once(in: 20) {
            return random.pick([
                [0x80], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
                [0xC2, 0x80], [0xC2, 0x85], [0xC2, 0x9F], [0xE3, 0x80, 0x82], [0xEF, 0xBC, 0x8E], [0xEF, 0xBD, 0xA1],
                [0xF0, 0x9F, 0x98],
            ])
        }
        return Array(
            random.pick(["é", "ü", "\u{A0}", "ß", "中", "\u{800}", "\u{FFFD}", "\u{10000}", "😀", "\u{10FFFF}"]).utf8)
    }

    private mutating func literal() -> [UInt8] {
        let text: String
        switch random.below(3) {
        case 0: text = addressV4()
        case 1: text = (random.once(in: 4) ? "ipv6:" : "IPv6:") + addressV6()
        default:
            let content = (0...random.length(upTo: 40)).map { _ in random.pick(from: "abc019.:-_!@<>,;\"(){}") }
            text =
                random.pick(["X-tag", "a", "-a", "tag9", "IPv7", "IPv66"]) + ":"
                + String(decoding: content, as: UTF8.self)
        }
        return Array("[\(text)]".utf8)
    }

    /// Dotted decimal, seldom with numbers that are none.
    mutating func addressV4() -> String {
        (0..<4).map { _ in
            random.once(in: 30)
                ? random.pick(["256", "01", "", "1000", "00"]) : "\(random.pick([0, 1, 9, 10, 99, 100, 255]))"
        }.joined(separator: ".")
    }

    /// Any of the forms, seldom with a group too many or too few.
    mutating func addressV6() -> String {
        func groups(_ count: Int, _ random: inout Generator) -> [String] {
            (0..<count).map { _ in
                random.once(in: 30)
                    ? random.pick(["", "12345", "g"]) : random.pick(["0", "1", "db8", "DB8", "ffff", "00a0", "2001"])
            }
        }
        var parts = random.once(in: 5) ? 6 : 8
        let tail = parts == 6 ? [addressV4()] : []
        if random.once(in: 12) { parts += random.pick([-1, 1]) }
        if random.once(in: 3) { return (groups(parts, &random) + tail).joined(separator: ":") }
        let head = random.below(parts)
        let rest = random.below(max(1, parts - head + (random.once(in: 6) ? 1 : 0)))
        return groups(head, &random).joined(separator: ":") + "::"
            + (groups(rest, &random) + tail).joined(separator: ":")
    }

    private mutating func greetingName() -> [UInt8] {
        switch random.below(8) {
        case 0: random.pick(["under_score", "trailing.dot.", "-a", "a..b", "(x)", "[1.2.3]"]).utf8.map { $0 }
        case 1: literal()
        default: name(upTo: 258)
        }
    }

    private mutating func chunk() -> [UInt8] {
        var line = random.recase("BDAT") + space() + digits()
        if random.once(in: 2) { line += space() + random.recase("LAST") }
        return line
    }

    /// A number, often one that is nearly too long or too great.
    mutating func digits() -> [UInt8] {
        switch random.below(4) {
        case 0: Array(random.pick(["9223372036854775807", "9223372036854775808", "00000000000000000001", "0"]).utf8)
        case 1: (0...random.below(21)).map { _ in random.pick(from: "0123456789") }
        default: (0...random.below(9)).map { _ in random.pick(from: "0123456789") }
        }
    }

    private mutating func authentication() -> [UInt8] {
        let mechanism = random.pick([
            "PLAIN", "LOGIN", "SCRAM-SHA-256", "X_OAUTH2", "A", "ABCDEFGHIJKLMNOPQRST", "ABCDEFGHIJKLMNOPQRSTU",
        ])
        var line = random.recase("AUTH") + space() + random.recase(mechanism)
        switch random.below(4) {
        case 0: line += space() + [0x3D]
        case 1: break
        default: line += space() + base64(random.length(upTo: 140))
        }
        return line
    }

    /// Base64 of some octets.
    mutating func base64(_ groups: Int) -> [UInt8] {
        var text = (0..<(4 * groups)).map { _ in random.pick(from: "ABYZabyz0189+/") }
        switch random.below(4) {
        case 0:
            text[text.count - 2] = random.pick(from: "AQgw")
            text.replaceSubrange((text.count - 1)..., with: [0x3D])
            text[text.count - 2] = random.pick(from: "AEIMwz")
        case 1:
            text.replaceSubrange((text.count - 2)..., with: [0x3D, 0x3D])
            text[text.count - 3] = random.pick(from: "AQgwB")
        default: break
        }
        return text
    }

    /// Verbs with free text, unknown ones among them.
    private mutating func text() -> [UInt8] {
        var line = random.recase(
            random.pick(["NOOP", "HELP", "ATRN", "VRFY", "EXPN", "ETRN", "XCLIENT", "XFORWARD", "BURL"]))
        if random.once(in: 6) { line = (0...random.length(upTo: 66)).map { _ in random.pick(from: "ABCabc019-_") } }
        line += space()
        for _ in 0..<random.length(upTo: 80) {
            line += random.once(in: 30) ? character() : [random.pick(from: "abcxyzABC019 <>@.,:;=+-")]
        }
        if random.once(in: 6) { line += space() + random.recase("SMTPUTF8") }
        return line
    }
}
