/// Takes the secrets of `AUTH` (RFC 4954) out of lines, octet by octet, so that their length and their form stay.
///
/// An octet of the base64 alphabet becomes `A`; `=`, `*`, CR, LF and NUL stay; any other becomes `?`.
enum SecretMask {
    /// What is known of a line before it is looked at.
    enum Suspicion: Sendable {
        /// It is a command.
        case none
        /// It follows a refused `AUTH`: a client that does not wait sends its secrets all the same.
        case expected
        /// It answers a 334.
        case certain
    }

    /// Masks the secrets of a line.
    ///
    /// A bare CR or NUL could hide another command behind the first, so what follows one is looked at by itself. What begins with a verb
    /// other than `AUTH` is no secret; anything else that has `AUTH` in it is taken for one, whatever junk comes before it.
    ///
    /// - Returns: whether there was an `AUTH` in it.
    static func mask(_ line: inout [UInt8], _ suspicion: Suspicion) -> Bool {
        guard suspicion != .certain else {
            mask(&line, 0..<line.count)
            return false
        }
        var hasSeenAUTH = false
        var start = 0
        while start < line.count {
            let end = line[start...].firstIndex { $0 == 0x0D || $0 == 0x0A || $0 == 0 } ?? line.count
            if hasSeenAUTH {
                mask(&line, start..<end)
            } else {
                hasSeenAUTH = mask(&line, start..<end, suspicion)
            }
            start = end + 1
        }
        return hasSeenAUTH
    }

    private static func mask(_ line: inout [UInt8], _ range: Range<Int>, _ suspicion: Suspicion) -> Bool {
        guard !beginsWithVerb(line[range]) else { return false }
        let found = endOfAUTH(line[range])
        if let found, suspicion == .none || found == range.lowerBound + 4 {
            mask(&line, startOfSecret(line[range], after: found)..<range.upperBound)
        } else if suspicion == .expected {
            mask(&line, range)
        }
        return found != nil
    }

    private static func mask(_ line: inout [UInt8], _ range: Range<Int>) {
        for index in range { line[index] = masked(line[index]) }
    }

    private static func masked(_ octet: UInt8) -> UInt8 {
        switch octet {
        case 0x41...0x5A, 0x61...0x7A, 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "/"): UInt8(ascii: "A")
        case UInt8(ascii: "="), UInt8(ascii: "*"), 0x0D, 0x0A, 0: octet
        default: UInt8(ascii: "?")
        }
    }

    // MARK: Looking

    private static let keywords: Set<[UInt8]> = Set(
        Verb.allCases.filter { $0 != .auth }.compactMap { $0.keyword.map { Array("\($0)".utf8) } })

    /// Whether a verb other than `AUTH` comes first, and then the end, a space or a colon.
    private static func beginsWithVerb(_ line: ArraySlice<UInt8>) -> Bool {
        let word = line.prefix { isLetter($0) }
        guard (4...8).contains(word.count) else { return false }
        if word.endIndex < line.endIndex, line[word.endIndex] != 0x20, line[word.endIndex] != UInt8(ascii: ":") {
            return false
        }
        return keywords.contains(word.map { $0 & 0xDF })
    }

    /// The index after the first `AUTH`, in any case, that no letter follows.
    private static func endOfAUTH(_ line: ArraySlice<UInt8>) -> Int? {
        guard line.count >= 4 else { return nil }
        for start in line.startIndex...line.endIndex - 4 {
            let end = start + 4
            guard line[start] & 0xDF == UInt8(ascii: "A"), end == line.endIndex || !isLetter(line[end]) else {
                continue
            }
            if line[start..<end].map({ $0 & 0xDF }) == Array("AUTH".utf8) { return end }
        }
        return nil
    }

    /// Where what may be secret begins: after the mechanism, or before it if it is no mechanism's name.
    private static func startOfSecret(_ line: ArraySlice<UInt8>, after start: Int) -> Int {
        let rest = line[start...].drop { isSpace($0) }
        let name = rest.prefix { !isSpace($0) }
        guard isMechanism(name) else { return rest.startIndex }
        return rest[name.endIndex...].drop { isSpace($0) }.startIndex
    }

    /// RFC 4422 §3.1: 1 to 20 upper-case letters, digits, hyphens and underscores. Clients write those that are well known in lower case,
    /// too.
    private static func isMechanism(_ name: ArraySlice<UInt8>) -> Bool {
        guard (1...20).contains(name.count) else { return false }
        let isName = name.allSatisfy {
            (0x41...0x5A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_")
        }
        return isName || wellKnown.contains(String(decoding: name, as: UTF8.self).uppercased())
    }

    private static let wellKnown: Set<String> = [
        "PLAIN", "LOGIN", "CRAM-MD5", "DIGEST-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256", "XOAUTH2", "OAUTHBEARER", "NTLM",
        "GSSAPI", "EXTERNAL",
    ]

    private static func isLetter(_ octet: UInt8) -> Bool { (0x41...0x5A).contains(octet & 0xDF) }
    private static func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 }
}
