/// A header section that is being read: one field of it at a time, and those that say what the part is.
struct HeaderSection: Sendable {
    /// How many fields of one name that say what the part is are looked at.
    static let repetitions = 8

    /// The part that it is of.
    private(set) var path: PartPath
    /// Where it begins: octets from the beginning of the message.
    private(set) var offset: Int
    /// The type that the part has if the section does not say.
    private(set) var defaultType: String
    /// Whether it is one of a message, not of a part of one.
    private(set) var isOfMessage: Bool

    /// The field so far, as it stands there, with its line ends.
    var field: [UInt8] = []
    var fieldOffset = 0
    /// Whether there is a field, or a line that ought to be one.
    var hasField = false
    /// Octets of the line so far.
    var lineLength = 0
    /// Whether the line has nothing but white space so far.
    var lineIsBlank = true
    /// Behind CR: nobody knows whether LF follows.
    var isBehindCR = false
    /// Octets of the section so far.
    var length = 0

    var contentTypes: [ParameterizedValue] = []
    var dispositions: [ParameterizedValue] = []
    var transferEncodings: [ParameterizedValue] = []
    /// Octets of the fields above.
    private var keptLength = 0
    var hasMIMEVersion = false
    var anomalies = Anomalies()

    init(of path: PartPath, at offset: Int, defaultType: String = "text/plain", isOfMessage: Bool = true) {
        self.path = path
        self.offset = offset
        self.defaultType = defaultType
        self.isOfMessage = isOfMessage
    }

    /// Another section begins.
    mutating func begin(_ path: PartPath, at offset: Int, defaultType: String, isOfMessage: Bool) {
        self.path = path
        self.offset = offset
        self.defaultType = defaultType
        self.isOfMessage = isOfMessage
        clear()
    }

    /// Forgets what it said, not the memory for a field.
    mutating func clear() {
        field.removeAll(keepingCapacity: true)
        fieldOffset = offset
        hasField = false
        lineLength = 0
        lineIsBlank = true
        isBehindCR = false
        length = 0
        contentTypes = []
        dispositions = []
        transferEncodings = []
        keptLength = 0
        hasMIMEVersion = false
        anomalies = Anomalies()
    }

    /// The field is complete: tells of it, and remembers what it says of the part.
    mutating func finishField(isFirstOfMessage: Bool, _ emit: (MessageEvent) -> Void) {
        var field: [UInt8] = []
        swap(&field, &self.field)
        hasField = false
        defer {
            field.removeAll(keepingCapacity: true)
            swap(&field, &self.field)
        }
        // Its last line end belongs to nobody.
        if field.last == 0x0A { field.removeLast() }
        if field.last == 0x0D { field.removeLast() }
        var begin = 0
        if isFirstOfMessage, field.first == 0xEF, field.starts(with: [0xEF, 0xBB, 0xBF]) {
            anomalies.add(.byteOrderMark, at: fieldOffset)
            begin = 3
        }
        if isMboxLine(field, from: begin) { return anomalies.add(.mboxLine, at: fieldOffset) }
        let octets = field.span
        var end = begin
        while end < octets.count, octets[end] &- 0x21 < 0x5E, octets[end] != UInt8(ascii: ":") { end += 1 }
        if end > begin, end < octets.count, octets[end] == UInt8(ascii: ":") {
            // Nearly every name is as it should be.
            return finish(octets.extracting(begin..<end), at: fieldOffset + begin, octets, colon: end, emit)
        }
        guard let colon = field[begin...].firstIndex(of: UInt8(ascii: ":")) else {
            return anomalies.add(.headerLine, at: fieldOffset)
        }
        let name = name(field[begin..<colon])
        finish(name.octets.span, at: fieldOffset + name.offset, octets, colon: colon, emit)
    }

    private mutating func finish(
        _ name: Span<UInt8>, at offset: Int, _ octets: Span<UInt8>, colon: Int, _ emit: (MessageEvent) -> Void
    ) {
        let bodyOffset = fieldOffset + colon + 1
        let body = octets.extracting((colon + 1)...)
        look(at: body, from: bodyOffset)
        let view = HeaderField(name: name, body: body, offset: offset, bodyOffset: bodyOffset, part: path)
        emit(.field(view))
        remember(view)
    }

    /// Whether it is `From user@example.org Thu Jan  1 00:00:00 1970`, also with a sign before it.
    private func isMboxLine(_ field: [UInt8], from begin: Int) -> Bool {
        var line = field[begin...]
        guard let first = line.first, first == UInt8(ascii: ">") || first == UInt8(ascii: "F") else { return false }
        if first == UInt8(ascii: ">") { line = line.dropFirst() }
        guard line.starts(with: "From ".utf8) else { return false }
        return line.dropFirst(5).first { $0 != 0x20 && $0 != 0x09 } != UInt8(ascii: ":")
    }

    /// A name without what does not belong to it.
    private mutating func name(_ text: ArraySlice<UInt8>) -> (octets: [UInt8], offset: Int) {
        func isSpace(_ octet: UInt8) -> Bool { octet == 0x20 || octet == 0x09 || octet == 0x0D || octet == 0x0A }
        let begin = text.firstIndex { !isSpace($0) } ?? text.endIndex
        let end = (text.lastIndex { !isSpace($0) } ?? begin - 1) + 1
        if end < text.endIndex { anomalies.add(.fieldNameSpace, at: fieldOffset + max(end, begin)) }
        if text.contains(where: { $0 == 0x0D || $0 == 0x0A }) { anomalies.add(.fieldNameFolded, at: fieldOffset) }
        var name = text[begin..<max(begin, end)]
        if name.contains(where: isSpace) { name.removeAll { $0 == 0x0D || $0 == 0x0A } }
        if name.isEmpty || name.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
            anomalies.add(.fieldName, at: fieldOffset + begin)
        }
        return (Array(name), begin)
    }

    /// Looks for octets that a body must not have.
    private mutating func look(at body: Span<UInt8>, from offset: Int) {
        var isASCII = true
        for index in 0..<body.count {
            let octet = body[index]
            guard octet < 0x20 || octet >= 0x7F else { continue }
            switch octet {
            case 0x09, 0x0A, 0x0D: break
            case 0: anomalies.add(.nul, at: offset + index)
            case 0x80...: isASCII = false
            default: anomalies.add(.fieldControl, at: offset + index)
            }
        }
        if !isASCII, (try? UTF8Span(validating: body)) == nil { anomalies.add(.fieldEncoding, at: offset) }
    }

    private mutating func remember(_ field: HeaderField) {
        // `Content-` and `MIME-Version` have these lengths.
        switch field.name.count {
        case 12 where field.isNamed("content-type"):
            guard keeps(field, isFirst: contentTypes.isEmpty) else { return }
            Self.add(field, .duplicateContentType, to: &contentTypes, &anomalies)
        case 12 where field.isNamed("mime-version"): hasMIMEVersion = true
        case 19 where field.isNamed("content-disposition"):
            guard keeps(field, isFirst: dispositions.isEmpty) else { return }
            Self.add(field, .duplicateDisposition, to: &dispositions, &anomalies)
        case 25 where field.isNamed("content-transfer-encoding"):
            guard keeps(field, isFirst: transferEncodings.isEmpty) else { return }
            Self.add(field, .duplicateTransferEncoding, to: &transferEncodings, &anomalies)
        default: break
        }
    }

    /// Whether there is room for what a field says: for the first one of a kind in any case.
    private mutating func keeps(_ field: HeaderField, isFirst: Bool) -> Bool {
        keptLength += field.body.count
        if isFirst || keptLength <= 65_536 { return true }
        anomalies.add(.fieldLength, at: field.offset)
        return false
    }

    private static func add(
        _ field: HeaderField, _ duplicate: Anomaly.Kind, to values: inout [ParameterizedValue],
        _ anomalies: inout Anomalies
    ) {
        if !values.isEmpty { anomalies.add(duplicate, at: field.offset) }
        guard values.count < repetitions else { return }
        values.append(ParameterizedValue(field.body, at: field.bodyOffset))
    }
}
