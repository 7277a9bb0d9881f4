/// A message of ICAP, read in another way than the module does it: nothing comes in pieces here.
struct ICAPText {
    let startLine: String
    let fields: [(name: String, value: String)]
    /// The header sections of HTTP.
    let sections: [(name: String, text: String)]
    /// The bodies: two if there is a preview and the rest.
    let bodies: [[UInt8]]
    /// The lines of the chunks at the end of each.
    let ends: [String]

    init?(_ octets: [UInt8]) {
        let empty = Array("\r\n\r\n".utf8)
        guard let end = Self.find(empty, in: octets[...]) else { return nil }
        let lines = Self.lines(octets[..<(end - 2)])
        startLine = lines.first ?? ""
        var fields: [(String, String)] = []
        for line in lines.dropFirst() {
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                guard !fields.isEmpty else { return nil }
                continue
            }
            guard let colon = line.firstIndex(of: ":"), colon > line.startIndex else { return nil }
            fields.append(
                (String(line[..<colon]), line[line.index(after: colon)...].filter { $0 != " " && $0 != "\t" }))
        }
        self.fields = fields
        var rest = octets[end...]
        var sections: [(String, String)] = []
        var hasBody = false
        if let list = fields.first(where: { $0.0.lowercased() == "encapsulated" })?.1 {
            let parts = list.split(separator: ",").map { $0.split(separator: "=") }
            guard parts.allSatisfy({ $0.count == 2 && Int($0[1]) != nil }) else { return nil }
            let offsets = parts.compactMap { Int($0[1]) }
            guard let last = offsets.last, last <= rest.count, offsets == offsets.sorted() else { return nil }
            for (index, part) in parts.enumerated().dropLast() {
                let text = octets[(end + offsets[index])..<(end + offsets[index + 1])]
                sections.append((String(part[0]), String(decoding: text, as: UTF8.self)))
            }
            hasBody = parts.last?.first?.hasSuffix("-body") ?? false && parts.last?.first != "null-body"
            rest = rest.dropFirst(last)
        }
        self.sections = sections
        var bodies: [[UInt8]] = []
        var ends: [String] = []
        while hasBody, !rest.isEmpty {
            var body: [UInt8] = []
            while true {
                guard let line = Self.takeLine(&rest),
                    let size = Int(line.prefix { $0.isHexDigit && $0.isASCII }, radix: 16), size >= 0
                else { return nil }
                if size == 0 {
                    ends.append(line)
                    break
                }
                guard rest.count >= size + 2 else { return nil }
                body += rest.prefix(size)
                rest = rest.dropFirst(size)
                guard Self.takeLine(&rest)?.isEmpty == true else { return nil }
            }
            while true {
                guard let line = Self.takeLine(&rest) else { return nil }
                if line.isEmpty { break }
            }
            bodies.append(body)
        }
        guard rest.isEmpty, !hasBody || !bodies.isEmpty else { return nil }
        self.bodies = bodies
        self.ends = ends
    }

    func value(_ name: String) -> String? {
        fields.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    private static func find(_ pattern: [UInt8], in octets: ArraySlice<UInt8>) -> Int? {
        guard octets.count >= pattern.count else { return nil }
        for start in octets.startIndex...(octets.endIndex - pattern.count)
        where octets[start] == pattern[0] && octets[start..<(start + pattern.count)].elementsEqual(pattern) {
            return start + pattern.count
        }
        return nil
    }

    private static func takeLine(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let end = find([13, 10], in: rest) else { return nil }
        defer { rest = rest[end...] }
        return String(decoding: rest[..<(end - 2)], as: UTF8.self)
    }

    private static func lines(_ octets: ArraySlice<UInt8>) -> [String] {
        var rest = octets
        var lines: [String] = []
        while let line = takeLine(&rest) { lines.append(line) }
        return lines
    }
}
