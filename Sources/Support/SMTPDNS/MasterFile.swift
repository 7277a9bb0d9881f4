import SMTPSecurity

/// What is wrong with a master file.
public struct MasterFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// What is wrong there.
    public let problem: String

    /// For example `line 3: "192.0.2" is no IPv4 address`.
    public var description: String { "line \(line): \(problem)" }
}

/// Reads a master file (RFC 1035 §5): entries over several lines, comments, quoted texts, `$ORIGIN` and `$TTL`, owners that are left out.
struct MasterFile {
    /// A word of an entry.
    private struct Word {
        /// As it is written, with backslashes but without quotes.
        var text: [UInt8] = []
        var isQuoted = false
        var line: Int

        var string: String { String(decoding: text, as: UTF8.self) }
        /// For messages.
        var shown: String {
            "\"\(String(string.unicodeScalars.prefix(60).map { $0.value < 0x20 ? "?" : Character($0) }))\""
        }
    }

    /// The records, in order.
    private(set) var records: [(owner: DNSName, record: DNSRecord?)] = []
    private var origin: DNSName?
    private var owner: DNSName?

    /// Reads a file.
    init(_ text: String, origin: DNSName?) throws(MasterFileError) {
        self.origin = origin
        var octets = Array(text.utf8)[...]
        var line = 1
        while !octets.isEmpty {
            let first = octets.first
            let hasOwner = first != UInt8(ascii: " ") && first != UInt8(ascii: "\t")
            let words = try Self.entry(&octets, &line)
            if !words.isEmpty { try take(words[...], hasOwner: hasOwner) }
        }
    }

    // MARK: Words

    /// The words of one entry, up to the end of its line.
    private static func entry(_ octets: inout ArraySlice<UInt8>, _ line: inout Int) throws(MasterFileError) -> [Word] {
        var words: [Word] = []
        var opened: Int?
        while let octet = octets.popFirst() {
            switch octet {
            case UInt8(ascii: "\n"):
                line += 1
                if opened == nil { return words }
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): break
            case UInt8(ascii: ";"):
                while let next = octets.first, next != UInt8(ascii: "\n") { octets.removeFirst() }
            case UInt8(ascii: "("):
                guard opened == nil else { throw MasterFileError(line: line, problem: "a parenthesis within another") }
                opened = line
            case UInt8(ascii: ")"):
                guard opened != nil else {
                    throw MasterFileError(line: line, problem: "a parenthesis ends that did not begin")
                }
                opened = nil
            default: words.append(try word(octet, &octets, line))
            }
        }
        if let opened { throw MasterFileError(line: opened, problem: "a parenthesis does not end") }
        return words
    }

    private static func word(
        _ first: UInt8, _ octets: inout ArraySlice<UInt8>, _ line: Int
    ) throws(MasterFileError) -> Word {
        var word = Word(line: line)
        word.isQuoted = first == UInt8(ascii: "\"")
        if !word.isQuoted {
            word.text.append(first)
            if first == UInt8(ascii: "\\"), let next = octets.popFirst() { word.text.append(next) }
        }
        while let octet = octets.first {
            if word.isQuoted {
                if octet == UInt8(ascii: "\n") { break }
                octets.removeFirst()
                if octet == UInt8(ascii: "\"") { return word }
            } else {
                if " \t\r\n;()\"".utf8.contains(octet) { return word }
                octets.removeFirst()
            }
            word.text.append(octet)
            if octet == UInt8(ascii: "\\"), let next = octets.first, next != UInt8(ascii: "\n") {
                octets.removeFirst()
                word.text.append(next)
            }
        }
        if word.isQuoted { throw MasterFileError(line: line, problem: "a quoted text does not end on its line") }
        return word
    }

    // MARK: Entries

    private mutating func take(_ words: ArraySlice<Word>, hasOwner: Bool) throws(MasterFileError) {
        var words = words
        guard let first = words.first else { return }
        if hasOwner {
            switch first.string.uppercased() {
            case "$ORIGIN":
                guard words.count == 2, let last = words.last else {
                    throw MasterFileError(line: first.line, problem: "$ORIGIN takes one name")
                }
                origin = try name(last)
                return
            case "$TTL": return
            case let word where word.hasPrefix("$"):
                throw MasterFileError(
                    line: first.line, problem: "\(first.shown) is not supported; $ORIGIN and $TTL are")
            default:
                owner = try name(first)
                words.removeFirst()
            }
        }
        guard let owner else { throw MasterFileError(line: first.line, problem: "the first record has no owner") }
        // A lifetime and a class, in any order, each of them or none.
        while let word = words.first, !word.isQuoted, Self.isLifetime(word.text) || word.string.uppercased() == "IN" {
            words.removeFirst()
        }
        guard let type = words.popFirst() else {
            throw MasterFileError(line: first.line, problem: "\(first.shown) has no record type")
        }
        records.append((owner, try record(type, words)))
    }

    /// Digits, and the letters for weeks, days, hours, minutes and seconds.
    private static func isLifetime(_ text: [UInt8]) -> Bool {
        (text.first.map { $0 &- 0x30 < 10 } ?? false)
            && text.allSatisfy { $0 &- 0x30 < 10 || "wdhms".utf8.contains($0 | 0x20) }
    }

    /// A record; `nil` for one of a type that mail does not need.
    private func record(_ type: Word, _ data: ArraySlice<Word>) throws(MasterFileError) -> DNSRecord? {
        func fields(_ count: Int, _ what: String) throws(MasterFileError) -> [Word] {
            guard data.count == count else {
                throw MasterFileError(line: type.line, problem: "\(type.string.uppercased()) takes \(what)")
            }
            return Array(data)
        }
        switch type.string.uppercased() {
        case "A":
            let field = try fields(1, "an IPv4 address")[0]
            guard let address = try? IPAddress(field.string), case .v4 = address else {
                throw MasterFileError(line: field.line, problem: "\(field.shown) is no IPv4 address")
            }
            return .address(address)
        case "AAAA":
            let field = try fields(1, "an IPv6 address")[0]
            guard let address = try? IPAddress(field.string), case .v6 = address else {
                throw MasterFileError(line: field.line, problem: "\(field.shown) is no IPv6 address")
            }
            return .address(address)
        case "CNAME": return .cname(try name(fields(1, "a name")[0]))
        case "PTR": return .ptr(try name(fields(1, "a name")[0]))
        case "MX":
            let fields = try fields(2, "a preference and a name")
            guard let preference = UInt16(fields[0].string) else {
                throw MasterFileError(line: type.line, problem: "\(fields[0].shown) is no preference, 0 to 65535")
            }
            return .mx(preference: preference, exchange: try name(fields[1]))
        case "TXT":
            guard !data.isEmpty else { throw MasterFileError(line: type.line, problem: "TXT takes texts") }
            var strings: [[UInt8]] = []
            for word in data { strings.append(try Self.characterString(word)) }
            return .txt(strings)
        case let other:
            // RFC 1035 §3.2.2, and those that came later: letters, digits, hyphens.
            let isType = other.utf8.first.map { $0 &- 0x41 < 26 } ?? false
            guard isType, other.utf8.allSatisfy({ $0 &- 0x41 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D }) else {
                throw MasterFileError(line: type.line, problem: "\(type.shown) is no record type")
            }
            return nil
        }
    }

    private func name(_ word: Word) throws(MasterFileError) -> DNSName {
        if word.text == [UInt8(ascii: "@")] {
            guard let origin else { throw MasterFileError(line: word.line, problem: "@ without an $ORIGIN") }
            return origin
        }
        do throws(DNSName.Problem) {
            let name = try DNSName(escaped: word.string)
            guard !Self.isAbsolute(word.text), let origin else { return name }
            return try DNSName(labels: name.labels.map { Array($0) } + origin.labels.map { Array($0) })
        } catch {
            throw MasterFileError(line: word.line, problem: "\(word.shown): \(error)")
        }
    }

    /// Whether a name ends with a dot that is not escaped.
    private static func isAbsolute(_ text: [UInt8]) -> Bool {
        guard text.last == UInt8(ascii: ".") else { return false }
        let backslashes = text.dropLast().reversed().prefix { $0 == UInt8(ascii: "\\") }.count
        return backslashes.isMultiple(of: 2)
    }

    private static func characterString(_ word: Word) throws(MasterFileError) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = word.text[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "\\") else {
                octets.append(octet)
                continue
            }
            let digits = rest.prefix(3)
            if let first = rest.first, first &- 0x30 < 10 {
                guard digits.count == 3, let value = UInt8(String(decoding: digits, as: UTF8.self)) else {
                    throw MasterFileError(
                        line: word.line, problem: "\(word.shown): \(DNSName.Problem.badEscape)")
                }
                octets.append(value)
                rest = rest.dropFirst(3)
            } else if let next = rest.popFirst() {
                octets.append(next)
            }
        }
        guard octets.count <= 255 else {
            throw MasterFileError(line: word.line, problem: "a text of \(octets.count) octets; 255 are the most")
        }
        return octets
    }
}
