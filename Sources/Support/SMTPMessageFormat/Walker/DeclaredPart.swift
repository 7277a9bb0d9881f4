/// What a header section says of its part, in all its readings.
struct DeclaredPart {
    var kind = MessagePart.Kind.leaf
    var mediaTypes: [String] = []
    var encodings: [TransferEncoding] = []
    var boundaries: [[UInt8]] = []
    var anomalies = Anomalies()
    /// Whether one of the types is that of a multipart.
    private var isMultipart = false

    /// How many boundaries of one multipart are followed.
    private static let boundaryLimit = 8

    init(_ section: HeaderSection) {
        findTypes(section)
        findEncodings(section)
        findBoundaries(section)
        let isMessage = mediaTypes.contains { Self.messageTypes.contains($0) }
        if !boundaries.isEmpty {
            kind = .multipart
        } else if isMessage {
            kind = .message
        }
        if kind != .leaf || isMultipart, encodings.contains(where: { !$0.isIdentity }) {
            anomalies.add(.encodedContainer, at: section.offset)
            // Nothing of an encoded message can be read as it stands there: its text goes on decoded.
            if kind == .message, !encodings.contains(where: { $0.isIdentity || $0 == .quotedPrintable }) {
                kind = .leaf
            }
        }
        if mediaTypes.contains("message/partial") { anomalies.add(.partialMessage, at: section.offset) }
        if mediaTypes.contains("message/external-body") { anomalies.add(.externalBody, at: section.offset) }
        if section.isOfMessage, !section.hasMIMEVersion,
            mediaTypes != ["text/plain"] || encodings.contains(where: { !$0.isIdentity })
        {
            anomalies.add(.missingMIMEVersion, at: section.offset)
        }
    }

    /// RFC 2046 §5.2.1, RFC 6532 §3.7.
    private static let messageTypes = ["message/rfc822", "message/global", "message/news"]

    /// The part.
    func part(_ section: HeaderSection) -> MessagePart {
        var names: [FileName] = []
        func add(_ reading: ParameterizedValue.Reading) {
            let name = FileName(reading.octets, charset: reading.charset)
            if !names.contains(name) { names.append(name) }
        }
        for value in section.dispositions { value.readings(of: "filename").forEach(add) }
        for value in section.contentTypes { value.readings(of: "name").forEach(add) }
        return MessagePart(
            path: section.path, kind: kind, offset: section.offset, mediaTypes: mediaTypes,
            contentTypes: section.contentTypes, dispositions: section.dispositions, encodings: encodings,
            fileNames: names)
    }

    private mutating func findTypes(_ section: HeaderSection) {
        for value in section.contentTypes {
            adopt(value.anomalies)
            var type = String(decoding: value.value, as: UTF8.self)
            if !Self.isType(value.value) {
                anomalies.add(.contentTypeSyntax, at: section.offset)
                // RFC 2045 §5.2.
                type = "text/plain"
            } else if value.value.starts(with: "multipart/".utf8) {
                isMultipart = true
            }
            if !mediaTypes.contains(type) { mediaTypes.append(type) }
        }
        for value in section.dispositions { adopt(value.anomalies) }
        if mediaTypes.isEmpty { mediaTypes = [section.defaultType] }
    }

    /// Whether it is two words with a slash between them.
    private static func isType(_ text: [UInt8]) -> Bool {
        guard let slash = text.firstIndex(of: UInt8(ascii: "/")), slash > 0, slash < text.count - 1 else {
            return false
        }
        return !text[(slash + 1)...].contains(UInt8(ascii: "/"))
    }

    private mutating func findEncodings(_ section: HeaderSection) {
        for value in section.transferEncodings {
            adopt(value.anomalies)
            var readings: [TransferEncoding] = []
            if let encoding = TransferEncoding(name: value.value) {
                readings.append(encoding)
            } else {
                anomalies.add(.unknownTransferEncoding, at: section.offset)
                // Some look for a name in it, some at its beginning only.
                readings += TransferEncoding.allCases.filter {
                    value.value.firstRange(of: Array($0.rawValue.utf8)) != nil
                }
                readings.append(.binary)
            }
            if !value.parameters.isEmpty { anomalies.add(.unknownTransferEncoding, at: section.offset) }
            for encoding in readings where !encodings.contains(encoding) { encodings.append(encoding) }
        }
        if encodings.isEmpty { encodings = [.sevenBit] }
    }

    private mutating func findBoundaries(_ section: HeaderSection) {
        guard isMultipart else { return }
        for value in section.contentTypes where value.value.starts(with: "multipart/".utf8) {
            for boundary in value.readings(of: "boundary").flatMap({ Self.readings(of: $0.octets) }) {
                // RFC 2046 §5.1.1.
                if boundary.count > 70 || boundary.last == 0x20 || !boundary.allSatisfy(Self.isBoundaryOctet) {
                    anomalies.add(.boundarySyntax, at: section.offset)
                }
                var text = boundary
                while let last = text.last, last == 0x20 || last == 0x09 { text.removeLast() }
                guard !text.isEmpty, text.count <= 998, !boundaries.contains(text) else { continue }
                if boundaries.count < Self.boundaryLimit { boundaries.append(text) }
                if boundaries.count == 2 { anomalies.add(.severalBoundaries, at: section.offset) }
            }
        }
        if boundaries.isEmpty { anomalies.add(.missingBoundary, at: section.offset) }
    }

    /// A boundary as it stands there, and as those read it who decode encoded words in parameters too.
    private static func readings(of boundary: [UInt8]) -> [[UInt8]] {
        guard boundary.count <= 998, hasEncodedWord(boundary) else { return [boundary] }
        let decoded = Array(EncodedWords.decoded(boundary.span, inQuotes: true).utf8)
        return decoded == boundary ? [boundary] : [boundary, decoded]
    }

    private static func hasEncodedWord(_ text: [UInt8]) -> Bool {
        text.indices.dropLast().contains { text[$0] == UInt8(ascii: "=") && text[$0 + 1] == UInt8(ascii: "?") }
    }

    /// RFC 2046 §5.1.1.
    private static func isBoundaryOctet(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "+")...UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: ":"), UInt8(ascii: "="),
            UInt8(ascii: "?"), UInt8(ascii: " "):
            true
        default: false
        }
    }

    private mutating func adopt(_ more: Anomalies) {
        for anomaly in more.first { anomalies.add(anomaly.kind, at: anomaly.offset) }
    }
}
