/// A field's value with parameters, as `Content-Type` and `Content-Disposition` have it (RFC 2045 §5.1, RFC 2183 §2, RFC 2231).
///
/// Readers of mail differ in what they make of a broken one. So each parameter has all its plausible readings: see ``readings(of:)``.
public struct ParameterizedValue: Sendable, Hashable {
    /// How many parameters are read.
    public static let mostParameters = 500

    /// A parameter, or a section of one, as it stands there.
    public struct Parameter: Sendable, Hashable {
        /// Its name in lower case, without RFC 2231's marks.
        public var name: [UInt8]
        /// Which section of the value it is, in `name*0` and so on (RFC 2231 §3).
        public var section: Int?
        /// Whether octets can be percent-encoded, as in `name*` (RFC 2231 §4).
        public var isExtended: Bool
        /// Its value, without quotes and escapes.
        public var value: [UInt8]
        /// What other readers take for its value.
        public var alternative: [UInt8]?
        /// Where it begins: octets from the beginning of the message.
        public var offset: Int

        fileprivate func isNamed(_ name: String) -> Bool {
            self.name.count == name.utf8.count && self.name.elementsEqual(name.utf8)
        }

        /// Whether there is one reading of it.
        fileprivate var isPlain: Bool { section == nil && !isExtended && alternative == nil }
    }

    /// A reading of a parameter.
    public struct Reading: Sendable, Hashable {
        /// The octets.
        public var octets: [UInt8]
        /// The character set that they are declared to be in, in lower case; `nil` if nothing is declared.
        public var charset: String?

        /// A reading.
        public init(_ octets: [UInt8], charset: String? = nil) {
            self.octets = octets
            self.charset = charset
        }
    }

    /// What stands before the first semicolon, in lower case, without comments and white space: `text/plain`, `attachment`.
    public private(set) var value: [UInt8] = []
    /// The parameters in order.
    public private(set) var parameters: [Parameter] = []
    /// What was unusual.
    public private(set) var anomalies = Anomalies()

    /// Reads a field's body. There is nothing that cannot be read, in time that grows with its length.
    ///
    /// - Parameters:
    ///   - body: what stands behind the colon, line ends of folding included.
    ///   - offset: where in the message it begins.
    public init(_ body: Span<UInt8>, at offset: Int = 0) {
        var reader = Reader(body, at: offset)
        value = reader.value()
        while let parameter = reader.parameter() {
            guard parameters.count < Self.mostParameters else {
                reader.anomalies.add(.parameterCount, at: parameter.offset)
                break
            }
            parameters.append(parameter)
        }
        anomalies = reader.anomalies
        findDuplicates()
    }

    /// Two parameters of a name, where it is not that they are sections of one value.
    private mutating func findDuplicates() {
        // Nearly always there are few, and no sections.
        let isPlain = parameters.count <= 4 && parameters.allSatisfy { $0.section == nil }
        if isPlain, !parameters.indices.contains(where: { isRepeated($0) }) { return }
        var wholes: Set<[UInt8]> = []
        var sectionCounts: [[UInt8]: Int] = [:]
        for parameter in parameters {
            let count = sectionCounts[parameter.name, default: 0]
            if let section = parameter.section {
                if section != count { anomalies.add(.parameterSections, at: parameter.offset) }
                if wholes.contains(parameter.name) { anomalies.add(.duplicateParameter, at: parameter.offset) }
                sectionCounts[parameter.name] = count + 1
            } else if !wholes.insert(parameter.name).inserted || count > 0 {
                anomalies.add(.duplicateParameter, at: parameter.offset)
            }
        }
    }

    private func isRepeated(_ index: Int) -> Bool {
        parameters[..<index].contains { $0.name == parameters[index].name }
    }

    /// What readers can take for the value of a parameter, each once; empty if there is none of that name.
    ///
    /// - Parameter name: the parameter's name in lower case.
    public func readings(of name: String) -> [Reading] {
        guard let place = parameters.firstIndex(where: { $0.isNamed(name) }) else { return [] }
        if parameters[place].isPlain, !parameters[(place + 1)...].contains(where: { $0.isNamed(name) }) {
            return [Reading(parameters[place].value)]
        }
        let found = parameters[place...].filter { $0.isNamed(name) }
        var readings: [Reading] = []
        var known: Set<Reading> = []
        func add(_ reading: Reading) { if known.insert(reading).inserted { readings.append(reading) } }
        let sections = found.filter { $0.section != nil }.sorted {
            ($0.section ?? 0, $0.offset) < ($1.section ?? 0, $1.offset)
        }
        if !sections.isEmpty { add(Self.joined(sections)) }
        for parameter in found where parameter.section == nil {
            if parameter.isExtended { add(Self.joined([parameter])) } else { add(Reading(parameter.value)) }
            if let alternative = parameter.alternative { add(Reading(alternative)) }
        }
        return readings
    }

    /// Sections as one value (RFC 2231 §4.1).
    private static func joined(_ sections: [Parameter]) -> Reading {
        var reading = Reading([])
        for (index, section) in sections.enumerated() {
            guard section.isExtended else {
                reading.octets += section.value
                continue
            }
            var text = section.value[...]
            if index == 0 {
                let parts = text.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
                if parts.count == 3 {
                    if !parts[0].isEmpty { reading.charset = String(decoding: parts[0], as: UTF8.self).lowercased() }
                    text = parts[2]
                }
            }
            reading.octets += percentDecoded(text)
        }
        return reading
    }

    private static func percentDecoded(_ text: ArraySlice<UInt8>) -> [UInt8] {
        var octets: [UInt8] = []
        var rest = text
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "%"), rest.count >= 2, let high = hexadecimalValue(rest[rest.startIndex]),
                let low = hexadecimalValue(rest[rest.startIndex + 1])
            {
                octets.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                octets.append(octet)
            }
        }
        return octets
    }
}

extension ParameterizedValue {
    /// Goes through a field's body once.
    private struct Reader: ~Escapable {
        private let body: Span<UInt8>
        private let offset: Int
        private var index = 0
        var anomalies = Anomalies()

        @_lifetime(copy body)
        init(_ body: Span<UInt8>, at offset: Int) {
            self.body = body
            self.offset = offset
        }

        private var next: UInt8? { index < body.count ? body[index] : nil }

        /// What stands before the first semicolon.
        mutating func value() -> [UInt8] {
            var octets: [UInt8] = []
            octets.reserveCapacity(min(32, body.count))
            var hasGap = false
            while let octet = next, octet != UInt8(ascii: ";") {
                if skipSpace() {
                    hasGap = !octets.isEmpty
                    continue
                }
                // `text / plain` is one for some.
                if hasGap { anomalies.add(.fieldValue, at: offset + index) }
                hasGap = false
                if !Self.isToken(octet), octet != UInt8(ascii: "/") { anomalies.add(.fieldValue, at: offset + index) }
                octets.append(octet | (octet &- 65 < 26 ? 0x20 : 0))
                index += 1
            }
            return octets
        }

        /// The next parameter; `nil` at the end.
        mutating func parameter() -> Parameter? {
            while true {
                while let octet = next, octet == UInt8(ascii: ";") {
                    index += 1
                    skipAllSpace()
                }
                guard next != nil else { return nil }
                let begin = index
                if let parameter = named(from: begin) { return parameter }
                anomalies.add(.parameterSyntax, at: offset + begin)
            }
        }

        private mutating func named(from begin: Int) -> Parameter? {
            var name: [UInt8] = []
            while let octet = next, octet != UInt8(ascii: "="), octet != UInt8(ascii: ";") {
                let before = index
                if skipSpace() {
                    // White space around the sign is in no standard since RFC 822.
                    anomalies.add(.parameterSyntax, at: offset + before)
                    continue
                }
                if !Self.isToken(octet) { anomalies.add(.parameterSyntax, at: offset + index) }
                name.append(octet | (octet &- 65 < 26 ? 0x20 : 0))
                index += 1
            }
            guard next == UInt8(ascii: "="), !name.isEmpty else {
                // Nothing that is a parameter: the rest up to the semicolon is passed over.
                if next == UInt8(ascii: "=") { _ = rawValue() }
                return nil
            }
            index += 1
            if isSpace { anomalies.add(.parameterSyntax, at: offset + index) }
            skipAllSpace()
            var parameter = Parameter(name: name, isExtended: false, value: [], offset: offset + begin)
            if next == UInt8(ascii: "\"") { quoted(&parameter) } else { token(&parameter) }
            mark(&parameter)
            return parameter
        }

        /// Takes RFC 2231's marks off the name.
        private mutating func mark(_ parameter: inout Parameter) {
            guard let star = parameter.name.firstIndex(of: UInt8(ascii: "*")) else { return }
            let text = parameter.name[star...]
            let marks = Self.marks(text)
            let hasLeadingZero = text.count > 2 && text[star + 1] == 48 && text[star + 2] &- 48 < 10
            if marks == nil || hasLeadingZero { anomalies.add(.parameterSections, at: parameter.offset) }
            guard let marks else { return }
            parameter.name = Array(parameter.name[..<star])
            parameter.section = marks.section
            parameter.isExtended = marks.isExtended
            guard parameter.isExtended else { return }
            let quotes = parameter.value.count { $0 == UInt8(ascii: "'") }
            let lacksCharset = parameter.section ?? 0 == 0 && quotes != 2
            if lacksCharset || Self.hasBadPercent(parameter.value) {
                anomalies.add(.parameterEncoding, at: parameter.offset)
            }
        }

        /// What `*`, `*0` and `*0*` say; `nil` if it is none of them.
        private static func marks(_ text: ArraySlice<UInt8>) -> (section: Int?, isExtended: Bool)? {
            let isExtended = text.last == UInt8(ascii: "*")
            guard text.count > 1 else { return (nil, isExtended) }
            let digits = text.dropFirst().dropLast(isExtended ? 1 : 0)
            // Four digits are more sections than a header can have.
            guard (1...4).contains(digits.count), digits.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
            return (digits.reduce(0) { $0 * 10 + Int($1 &- 48) }, isExtended)
        }

        private static func hasBadPercent(_ value: [UInt8]) -> Bool {
            value.indices.contains { place in
                value[place] == UInt8(ascii: "%")
                    && (place + 2 >= value.count || hexadecimalValue(value[place + 1]) == nil
                        || hexadecimalValue(value[place + 2]) == nil)
            }
        }

        private mutating func quoted(_ parameter: inout Parameter) {
            let begin = index
            index += 1
            parameter.value.reserveCapacity(min(32, body.count - index))
            // Up to the first escape, the value.
            var kept: [UInt8]?
            var hasEscape = false
            var isClosed = false
            while let octet = next {
                index += 1
                if octet == UInt8(ascii: "\"") {
                    isClosed = true
                    break
                }
                if octet == UInt8(ascii: "\\"), let escaped = next {
                    index += 1
                    if escaped != UInt8(ascii: "\""), escaped != UInt8(ascii: "\\") {
                        // A path of Windows for some.
                        hasEscape = true
                        anomalies.add(.parameterEscape, at: offset + index - 2)
                    }
                    if kept == nil { kept = parameter.value }
                    kept?.append(octet)
                    kept?.append(escaped)
                    parameter.value.append(escaped)
                    continue
                }
                // Folding leaves the white space (RFC 5322 §3.2.4).
                guard octet != 0x0D, octet != 0x0A else { continue }
                if octet < 0x20 && octet != 0x09 || octet == 0x7F {
                    anomalies.add(.parameterOctet, at: offset + index - 1)
                }
                kept?.append(octet)
                parameter.value.append(octet)
            }
            if hasEscape { parameter.alternative = kept }
            guard isClosed else {
                anomalies.add(.parameterQuote, at: offset + begin)
                // For some the quote is part of a value that ends at the next semicolon.
                index = begin
                parameter.alternative = rawValue()
                index = body.count
                return
            }
            skipAllSpace()
            if let octet = next, octet != UInt8(ascii: ";") {
                anomalies.add(.parameterSyntax, at: offset + index)
                parameter.alternative = parameter.value + rawValue()
            }
        }

        private mutating func token(_ parameter: inout Parameter) {
            let begin = index
            var isOdd = false
            while let octet = next, octet != UInt8(ascii: ";"), !isSpace, octet != UInt8(ascii: "(") {
                if !Self.isToken(octet) {
                    isOdd = true
                    anomalies.add(.parameterToken, at: offset + index)
                }
                parameter.value.append(octet)
                index += 1
            }
            if parameter.value.isEmpty { anomalies.add(.parameterSyntax, at: offset + begin) }
            skipAllSpace()
            let rest = index
            let hasMore = next != nil && next != UInt8(ascii: ";")
            if hasMore { anomalies.add(.parameterToken, at: offset + rest) }
            if hasMore || isOdd {
                index = begin
                let whole = rawValue()
                if whole != parameter.value { parameter.alternative = whole }
            }
        }

        /// All up to the next semicolon, as it stands, without white space at its end.
        private mutating func rawValue() -> [UInt8] {
            var octets: [UInt8] = []
            while let octet = next, octet != UInt8(ascii: ";") {
                if octet != 0x0D, octet != 0x0A { octets.append(octet) }
                index += 1
            }
            while let last = octets.last, last == 0x20 || last == 0x09 { octets.removeLast() }
            return octets
        }

        // MARK: White space and comments

        private var isSpace: Bool {
            switch next {
            case 0x20, 0x09, 0x0D, 0x0A: true
            default: false
            }
        }

        private mutating func skipAllSpace() { while skipSpace() {} }

        /// Passes white space, or a comment; says whether there was any.
        private mutating func skipSpace() -> Bool {
            if isSpace {
                index += 1
                return true
            }
            guard next == UInt8(ascii: "(") else { return false }
            anomalies.add(.fieldComment, at: offset + index)
            var depth = 0
            while let octet = next {
                index += 1
                switch octet {
                case UInt8(ascii: "("): depth += 1
                case UInt8(ascii: ")"):
                    depth -= 1
                    if depth == 0 { return true }
                case UInt8(ascii: "\\"): index = min(index + 1, body.count)
                default: break
                }
            }
            return true
        }

        /// Whether an octet can be in a token (RFC 2045 §5.1).
        private static func isToken(_ octet: UInt8) -> Bool {
            switch octet {
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
                UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
                UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
                false
            default: octet > 0x20 && octet < 0x7F
            }
        }
    }
}
