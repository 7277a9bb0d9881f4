/// What is wrong with a record. Every such record is a `permerror` (RFC 7208 §4.6).
public struct SPFSyntaxError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public let description: String
    /// The term that it is wrong with.
    public let term: String

    init(_ description: String, in term: ArraySlice<UInt8>) {
        self.description = description
        self.term = String(decoding: term, as: UTF8.self)
    }
}

/// A text with macros in it (RFC 7208 §7).
struct SPFMacroString: Sendable, Hashable {
    /// One macro, for example `%{d2r}`.
    struct Macro: Sendable, Hashable {
        /// `s l o d i p v h`, and in explanations `c r t`; in lower case.
        var letter: UInt8
        /// Whether the value is escaped for a URL.
        var isEscaped: Bool
        /// How many parts are taken from the right; 0 for all.
        var count: Int
        /// Whether the parts are reversed.
        var isReversed: Bool
        /// What stands between the parts.
        var delimiters: [UInt8]
    }

    enum Part: Sendable, Hashable {
        case text([UInt8])
        case macro(Macro)
    }

    private(set) var parts: [Part] = []

    /// Whether it contains `%{p}`, which takes look-ups to expand.
    var needsValidatedName: Bool {
        parts.contains { if case .macro(let macro) = $0 { macro.letter == UInt8(ascii: "p") } else { false } }
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - isExplanation: whether this is the text of an explanation, which may have spaces and the macros `c`, `r` and `t`.
    /// - Throws: what is wrong with it.
    init(_ text: ArraySlice<UInt8>, isExplanation: Bool = false) throws(SPFSyntaxError) {
        var rest = text
        var literal: [UInt8] = []
        func flush(_ parts: inout [Part]) {
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = []
        }
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                guard octet > 0x20 && octet < 0x7F || isExplanation && octet == 0x20 else {
                    throw SPFSyntaxError("an octet that is not allowed", in: text)
                }
                literal.append(octet)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "%"): literal.append(UInt8(ascii: "%"))
            case UInt8(ascii: "_"): literal.append(UInt8(ascii: " "))
            case UInt8(ascii: "-"): literal.append(contentsOf: "%20".utf8)
            case UInt8(ascii: "{"):
                flush(&parts)
                parts.append(.macro(try Self.macro(&rest, in: text, isExplanation)))
            default: throw SPFSyntaxError("a percent sign that begins no macro", in: text)
            }
        }
        flush(&parts)
    }

    private static func macro(
        _ rest: inout ArraySlice<UInt8>, in text: ArraySlice<UInt8>, _ isExplanation: Bool
    ) throws(SPFSyntaxError) -> Macro {
        guard let letter = rest.popFirst() else { throw SPFSyntaxError("a macro without an end", in: text) }
        let lower = letter | 0x20
        guard "slodipvh".utf8.contains(lower) || isExplanation && "crt".utf8.contains(lower) else {
            throw SPFSyntaxError("an unknown macro letter", in: text)
        }
        var macro = Macro(
            letter: lower, isEscaped: letter != lower, count: 0, isReversed: false, delimiters: [])
        var hasDigits = false
        while let digit = rest.first, digit &- 0x30 < 10 {
            hasDigits = true
            // A domain name has at most 127 labels.
            macro.count = min(macro.count * 10 + Int(digit - 0x30), 255)
            rest = rest.dropFirst()
        }
        guard !hasDigits || macro.count > 0 else { throw SPFSyntaxError("a macro that takes 0 parts", in: text) }
        if let next = rest.first, next | 0x20 == UInt8(ascii: "r") {
            macro.isReversed = true
            rest = rest.dropFirst()
        }
        while let next = rest.popFirst() {
            if next == UInt8(ascii: "}") {
                if macro.delimiters.isEmpty { macro.delimiters = [UInt8(ascii: ".")] }
                return macro
            }
            guard ".-+,/_=".utf8.contains(next) else {
                throw SPFSyntaxError("an unknown delimiter in a macro", in: text)
            }
            macro.delimiters.append(next)
        }
        throw SPFSyntaxError("a macro without an end", in: text)
    }

    // MARK: Expanding

    /// The text with the macros' values in it.
    ///
    /// - Parameter value: the value of a letter.
    func expanded(_ value: (UInt8) -> [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let text): result.append(contentsOf: text)
            case .macro(let macro): result.append(contentsOf: macro.transformed(value(macro.letter)))
            }
        }
        return result
    }
}

extension SPFMacroString.Macro {
    /// A value cut up, reversed, shortened and escaped as the macro says.
    fileprivate func transformed(_ value: [UInt8]) -> [UInt8] {
        var result = value
        if count > 0 || isReversed || delimiters != [UInt8(ascii: ".")] {
            var parts = value.split(omittingEmptySubsequences: false) { delimiters.contains($0) }
            if isReversed { parts.reverse() }
            if count > 0 { parts = Array(parts.suffix(count)) }
            result = Array(parts.joined(separator: CollectionOfOne(UInt8(ascii: "."))))
        }
        guard isEscaped else { return result }
        var escaped: [UInt8] = []
        for octet in result {
            let isLetter = (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10
            if isLetter || "-._~".utf8.contains(octet) {
                escaped.append(octet)
            } else {
                escaped.append(UInt8(ascii: "%"))
                for digit in [octet >> 4, octet & 15] { escaped.append(digit < 10 ? 0x30 + digit : 0x37 + digit) }
            }
        }
        return escaped
    }
}
