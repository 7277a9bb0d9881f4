import SMTPSecurity

/// Reads message data one octet at a time, as the doc comments of ``DataScanner`` have it: slow, and written apart from it.
struct ReferenceReader: Equatable {
    /// How often a fault occurred, and where in the content first.
    struct Fault: Equatable {
        var count: UInt64 = 0
        var first: UInt64 = 0

        init() {}

        init(_ occurrences: DataFaults.Occurrences) {
            count = occurrences.count
            first = occurrences.firstOffset
        }

        mutating func note(_ offset: Int) {
            if count == 0 { first = UInt64(offset) }
            count += 1
        }
    }

    var content: [UInt8] = []
    var consumed = 0
    var isComplete = false
    var isInsideLine = false
    var lines = 0
    var bareCR = Fault()
    var bareLF = Fault()
    var nul = Fault()
    var lineTooLong = Fault()
    var nonASCII = Fault()

    var kinds: DataFaults.Kinds {
        var kinds: DataFaults.Kinds = []
        if bareCR.count > 0 { kinds.insert(.bareCR) }
        if bareLF.count > 0 { kinds.insert(.bareLF) }
        if nul.count > 0 { kinds.insert(.nul) }
        if lineTooLong.count > 0 { kinds.insert(.lineTooLong) }
        if nonASCII.count > 0 { kinds.insert(.nonASCII) }
        return kinds
    }

    /// - Parameters:
    ///   - wire: all of the data; if it has no end, the peer closes after it.
    ///   - limit: the most octets of a line without its CRLF.
    ///   - hasDots: read as `DATA`; otherwise as the chunks of `BDAT`.
    init(_ wire: [UInt8], limit: Int = 998, hasDots: Bool = true) {
        var index = 0
        var isLineStart = true
        var length = 0
        func at(_ offset: Int) -> UInt8? { index + offset < wire.count ? wire[index + offset] : nil }
        func endLine(_ reader: inout ReferenceReader) {
            reader.content += [13, 10]
            reader.lines += 1
            length = 0
        }
        while index < wire.count {
            if hasDots, isLineStart, wire[index] == 0x2E {
                if at(1) == 13, at(2) == 10 {
                    consumed = index + 3
                    isComplete = true
                    return
                }
                index += 1
                isLineStart = false
                continue
            }
            isLineStart = false
            switch wire[index] {
            case 13 where at(1) == 10:
                endLine(&self)
                index += 1
                isLineStart = true
            case 13:
                bareCR.note(content.count)
                endLine(&self)
            case 10:
                bareLF.note(content.count)
                endLine(&self)
            case let octet:
                if octet == 0 { nul.note(content.count) }
                if octet >= 0x80 { nonASCII.note(content.count) }
                length += 1
                if length == limit + 1 { lineTooLong.note(content.count) }
                content.append(octet == 0 ? 0x20 : octet)
            }
            index += 1
        }
        consumed = wire.count
        isInsideLine = hasDots && !isLineStart
    }

    /// What the scanner under test made of the same data, in the same form.
    init(_ scanner: DataScanner, _ content: [UInt8], consumed: Int) {
        self.init([])
        self.content = content
        self.consumed = consumed
        isComplete = scanner.isComplete
        isInsideLine = scanner.isInsideLine
        lines = Int(scanner.lineCount)
        take(scanner.faults)
    }

    /// What the chunk scanner under test made of the same octets.
    init(_ scanner: ChunkScanner, _ content: [UInt8], consumed: Int) {
        self.init([])
        self.content = content
        self.consumed = consumed
        lines = Int(scanner.lineCount)
        take(scanner.faults)
    }

    private mutating func take(_ faults: DataFaults) {
        bareCR = Fault(faults.bareCR)
        bareLF = Fault(faults.bareLF)
        nul = Fault(faults.nul)
        lineTooLong = Fault(faults.lineTooLong)
        nonASCII = Fault(faults.nonASCII)
    }
}
