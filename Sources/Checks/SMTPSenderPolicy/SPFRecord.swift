import SMTPSecurity

/// A policy record (RFC 7208 §4.5, §4.6, §12), read and found to be without faults.
public struct SPFRecord: Sendable, Hashable {
    /// What a mechanism says of those that match it.
    public enum Qualifier: UInt8, Sendable, Hashable {
        case pass = 0x2B
        case fail = 0x2D
        case softfail = 0x7E
        case neutral = 0x3F

        var result: SPFResult {
            switch self {
            case .pass: .pass
            case .fail: .fail
            case .softfail: .softfail
            case .neutral: .neutral
            }
        }
    }

    enum Mechanism: Sendable, Hashable {
        case all
        case include(SPFMacroString)
        case a(SPFMacroString?, ipv4: Int, ipv6: Int)
        case mx(SPFMacroString?, ipv4: Int, ipv6: Int)
        case ptr(SPFMacroString?)
        case network(IPNetwork)
        case exists(SPFMacroString)
    }

    struct Directive: Sendable, Hashable {
        var qualifier: Qualifier
        var mechanism: Mechanism
        /// As it is written.
        var text: ArraySlice<UInt8>
    }

    private(set) var directives: [Directive] = []
    private(set) var redirect: SPFMacroString?
    private(set) var explanation: SPFMacroString?

    /// Whether a text can be an explanation (RFC 7208 §6.2).
    package static func isExplanation(_ text: [UInt8]) -> Bool {
        (try? SPFMacroString(text[...], isExplanation: true)) != nil
    }

    /// Whether a text is a policy record at all, right or wrong.
    public static func isRecord(_ text: [UInt8]) -> Bool {
        let version = Array("v=spf1".utf8)
        guard text.count >= version.count else { return false }
        for (index, octet) in version.enumerated() where text[index] | (octet &- 0x61 < 26 ? 0x20 : 0) != octet {
            return false
        }
        return text.count == version.count || text[version.count] == 0x20
    }

    /// Reads a record.
    ///
    /// - Parameter text: the strings of a TXT record, one after the other.
    /// - Throws: the first thing that is wrong with it.
    public init(_ text: [UInt8]) throws(SPFSyntaxError) {
        guard Self.isRecord(text) else { throw SPFSyntaxError("no policy record", in: text[...]) }
        directives.reserveCapacity(8)
        var start = 6
        for index in 6...text.count where index == text.count || text[index] == 0x20 {
            if index > start { try take(text[start..<index]) }
            start = index + 1
        }
    }

    private mutating func take(_ term: ArraySlice<UInt8>) throws(SPFSyntaxError) {
        if let end = term.firstIndex(where: { !Self.isName($0) }), term[end] == UInt8(ascii: "=") {
            return try takeModifier(term, name: term[..<end], value: term[(end + 1)...])
        }
        var rest = term
        var qualifier = Qualifier.pass
        if let first = term.first, let found = Qualifier(rawValue: first) {
            qualifier = found
            rest = rest.dropFirst()
        }
        let name = rest.prefix { Self.isName($0) }
        let mechanism = try Self.mechanism(name, rest.dropFirst(name.count), term)
        directives.append(Directive(qualifier: qualifier, mechanism: mechanism, text: term))
    }

    /// Whether an octet can be in the name of a mechanism or modifier.
    private static func isName(_ octet: UInt8) -> Bool {
        (octet | 0x20) &- 0x61 < 26 || octet &- 0x30 < 10 || octet == 0x2D || octet == 0x2E || octet == 0x5F
    }

    /// The names that mean something, without regard to case.
    private enum Name: String, CaseIterable {
        case all, include, a, mx, ptr, ip4, ip6, exists, redirect, exp

        init?(_ octets: ArraySlice<UInt8>) {
            for name in Self.allCases where Self.isEqual(octets, name.rawValue.utf8) {
                self = name
                return
            }
            return nil
        }

        private static func isEqual(_ octets: ArraySlice<UInt8>, _ name: String.UTF8View) -> Bool {
            guard octets.count == name.count else { return false }
            let name = name.span
            for (index, octet) in octets.enumerated() where octet | 0x20 != name[index] { return false }
            return true
        }
    }

    // MARK: Modifiers

    private mutating func takeModifier(
        _ term: ArraySlice<UInt8>, name: ArraySlice<UInt8>, value: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) {
        guard let first = name.first, (first | 0x20) &- 0x61 < 26 else {
            throw SPFSyntaxError("the name of a modifier begins with a letter", in: term)
        }
        switch Name(name) {
        case .redirect:
            guard redirect == nil else { throw SPFSyntaxError("a second redirect", in: term) }
            redirect = try Self.domain(value, term)
        case .exp:
            guard explanation == nil else { throw SPFSyntaxError("a second explanation", in: term) }
            explanation = try Self.domain(value, term)
        default:
            // Whatever it means, it has to be written rightly.
            _ = try SPFMacroString(value)
        }
    }

    // MARK: Mechanisms

    private static func mechanism(
        _ name: ArraySlice<UInt8>, _ argument: ArraySlice<UInt8>, _ term: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) -> Mechanism {
        switch Name(name) {
        case .all:
            guard argument.isEmpty else { throw SPFSyntaxError("`all` has no argument", in: term) }
            return .all
        case .include: return .include(try domain(after: argument, term))
        case .exists: return .exists(try domain(after: argument, term))
        case .a:
            let (spec, ipv4, ipv6) = try target(argument, term)
            return .a(spec, ipv4: ipv4, ipv6: ipv6)
        case .mx:
            let (spec, ipv4, ipv6) = try target(argument, term)
            return .mx(spec, ipv4: ipv4, ipv6: ipv6)
        case .ptr: return .ptr(argument.isEmpty ? nil : try domain(after: argument, term))
        case .ip4: return .network(try network(argument, term, isIPv6: false))
        case .ip6: return .network(try network(argument, term, isIPv6: true))
        default: throw SPFSyntaxError("an unknown mechanism", in: term)
        }
    }

    private static func domain(
        after argument: ArraySlice<UInt8>, _ term: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) -> SPFMacroString {
        guard argument.first == UInt8(ascii: ":") else { throw SPFSyntaxError("a domain is missing", in: term) }
        return try domain(argument.dropFirst(), term)
    }

    /// A domain-spec: it ends with a macro, or with a dot and a label that could be a top-level domain.
    private static func domain(
        _ text: ArraySlice<UInt8>, _ term: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) -> SPFMacroString {
        let string = try SPFMacroString(text)
        guard let last = string.parts.last else { throw SPFSyntaxError("a domain is missing", in: term) }
        guard text.last != UInt8(ascii: "}") || !endsWithMacro(string) else { return string }
        guard case .text(var literal) = last else { return string }
        if literal.last == UInt8(ascii: ".") { literal.removeLast() }
        guard let dot = literal.lastIndex(of: UInt8(ascii: ".")) else {
            throw SPFSyntaxError("a domain has two labels at least", in: term)
        }
        let label = literal[(dot + 1)...]
        let isTop =
            label.allSatisfy { ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-") }
            && label.contains { !($0 &- 0x30 < 10) }
            && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-") && !label.isEmpty
        guard isTop else { throw SPFSyntaxError("a domain that cannot be one", in: term) }
        return string
    }

    private static func endsWithMacro(_ string: SPFMacroString) -> Bool {
        if case .macro = string.parts.last { true } else { false }
    }

    /// A domain, or none, and prefix lengths.
    private static func target(
        _ argument: ArraySlice<UInt8>, _ term: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) -> (SPFMacroString?, ipv4: Int, ipv6: Int) {
        var rest = argument
        var ipv4 = 32
        var ipv6 = 128
        // The lengths are at the end, and a domain can contain slashes.
        if let (length, before) = trailingLength(rest, slashes: 2) {
            ipv6 = try prefixLength(length, 128, term)
            rest = before
        }
        if let (length, before) = trailingLength(rest, slashes: 1) {
            ipv4 = try prefixLength(length, 32, term)
            rest = before
        }
        guard !rest.isEmpty else { return (nil, ipv4, ipv6) }
        return (try domain(after: rest, term), ipv4, ipv6)
    }

    /// Digits at the end, behind so many slashes.
    private static func trailingLength(
        _ text: ArraySlice<UInt8>, slashes: Int
    ) -> (length: ArraySlice<UInt8>, before: ArraySlice<UInt8>)? {
        guard let slash = text.lastIndex(of: UInt8(ascii: "/")) else { return nil }
        let digits = text[(slash + 1)...]
        guard digits.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        var before = text[..<slash]
        if slashes == 2 {
            guard before.last == UInt8(ascii: "/") else { return nil }
            before = before.dropLast()
        }
        return (digits, before)
    }

    private static func prefixLength(
        _ digits: ArraySlice<UInt8>, _ most: Int, _ term: ArraySlice<UInt8>
    ) throws(SPFSyntaxError) -> Int {
        let isWritten =
            (1...3).contains(digits.count) && digits.allSatisfy { $0 &- 0x30 < 10 }
            && (digits.first != 0x30 || digits.count == 1)
        guard isWritten, let length = Int(String(decoding: digits, as: UTF8.self)), length <= most else {
            throw SPFSyntaxError("a prefix length that cannot be one", in: term)
        }
        return length
    }

    private static func network(
        _ argument: ArraySlice<UInt8>, _ term: ArraySlice<UInt8>, isIPv6: Bool
    ) throws(SPFSyntaxError) -> IPNetwork {
        guard argument.first == UInt8(ascii: ":") else { throw SPFSyntaxError("an address is missing", in: term) }
        var rest = argument.dropFirst()
        var length = isIPv6 ? 128 : 32
        if let slash = rest.firstIndex(of: UInt8(ascii: "/")) {
            length = try prefixLength(rest[(slash + 1)...], length, term)
            rest = rest[..<slash]
        }
        guard let address = IPAddress(octets: rest.span), address.isIPv6 == isIPv6 else {
            throw SPFSyntaxError("an address that cannot be one", in: term)
        }
        return IPNetwork(address, prefixLength: length)
    }
}

extension IPAddress {
    fileprivate var isIPv6: Bool { if case .v6 = self { true } else { false } }
}
