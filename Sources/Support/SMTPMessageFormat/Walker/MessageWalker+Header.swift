extension MessageWalker {
    /// Goes on through a header section, at most to its end. Everything is consumed.
    mutating func header(_ input: Span<UInt8>, at base: Int, _ emit: (MessageEvent) -> Void) -> Int {
        var index = 0
        while index < input.count, isInSection {
            let octet = input[index]
            if section.isBehindCR {
                section.isBehindCR = false
                let isCRLF = octet == 0x0A
                if isCRLF {
                    note(.crlf, at: base + index)
                    keep(input.extracting(index..<(index + 1)), at: base + index)
                    index += 1
                } else {
                    section.anomalies.add(.bareCarriageReturn, at: base + index - 1)
                }
                finishLine(at: base + index, emit)
                continue
            }
            switch octet {
            case 0x0D:
                keep(input.extracting(index..<(index + 1)), at: base + index)
                section.isBehindCR = true
                index += 1
            case 0x0A:
                note(.lf, at: base + index)
                keep(input.extracting(index..<(index + 1)), at: base + index)
                index += 1
                finishLine(at: base + index, emit)
            default:
                if section.lineLength == 0 { beginLine(octet, at: base + index, emit) }
                let begin = index
                index = Self.lineEnd(input, from: index)
                let line = input.extracting(begin..<index)
                if section.lineIsBlank {
                    section.lineIsBlank = (0..<line.count).allSatisfy { line[$0] == 0x20 || line[$0] == 0x09 }
                }
                section.lineLength += line.count
                keep(line, at: base + begin)
            }
        }
        return index
    }

    /// The next CR or LF; `count` if there is none.
    static func lineEnd(_ input: Span<UInt8>, from start: Int, limit: Int = .max) -> Int {
        var index = start
        let end = min(input.count, limit)
        while index < end, input[index] != 0x0D, input[index] != 0x0A { index += 1 }
        return index
    }

    /// A line has ended in this way.
    mutating func note(_ end: BodyScan.LineEnd, at offset: Int) {
        guard let lineEnd else { return self.lineEnd = end }
        if lineEnd != end { add(.mixedLineEnds, at: offset) }
    }

    /// Notes what is unusual in the section or the part that is open.
    mutating func add(_ kind: Anomaly.Kind, at offset: Int) {
        if isInSection {
            section.anomalies.add(kind, at: offset)
        } else if !open.isEmpty {
            open[open.count - 1].anomalies.add(kind, at: offset)
        }
    }

    /// Keeps octets of the field as far as the limit goes.
    private mutating func keep(_ octets: Span<UInt8>, at offset: Int) {
        let allowance = limits.headerSection - section.length
        section.length += octets.count
        if octets.count > allowance { section.anomalies.add(.headerLength, at: offset + max(0, allowance)) }
        let room = limits.field - section.field.count
        section.field.append(copying: octets.extracting(first: min(room, octets.count)))
        if octets.count > room { section.anomalies.add(.fieldLength, at: offset + room) }
    }

    /// A line begins that is not empty.
    private mutating func beginLine(_ octet: UInt8, at offset: Int, _ emit: (MessageEvent) -> Void) {
        let continues = octet == 0x20 || octet == 0x09
        if continues {
            if !section.hasField { section.anomalies.add(.continuationWithoutField, at: offset) }
        } else {
            finishField(emit)
        }
        if !section.hasField {
            section.hasField = true
            section.fieldOffset = offset
        }
    }

    /// A line has ended; an empty one ends the section.
    private mutating func finishLine(at offset: Int, _ emit: (MessageEvent) -> Void) {
        if section.lineLength == 0 { return finishSection(at: offset, emit) }
        if section.lineLength > 998 { section.anomalies.add(.headerLineLength, at: offset) }
        if section.lineIsBlank { section.anomalies.add(.blankContinuation, at: offset) }
        section.lineLength = 0
        section.lineIsBlank = true
        crossBoundaryInSection(at: offset, emit)
    }

    /// A line of a header section may be a boundary: the section, and the part, are over then.
    private mutating func crossBoundaryInSection(at offset: Int, _ emit: (MessageEvent) -> Void) {
        guard boundaryLength > 0, section.field.count > 2, section.field[0] == UInt8(ascii: "-"),
            section.field[1] == UInt8(ascii: "-"), section.field.count <= Self.longestLine + 2
        else { return }
        let field = section.field
        switch match(field.span.extracting(first: Self.lineEnd(field.span, from: 0))) {
        case .none: break
        case .prefix: section.anomalies.add(.boundaryPrefix, at: section.fieldOffset)
        case .boundary(let part, let isLast, let isPrefix):
            if isPrefix { section.anomalies.add(.boundaryPrefix, at: section.fieldOffset) }
            section.field = []
            section.hasField = false
            let begin = section.fieldOffset
            if begin == section.offset { open[part].anomalies.add(.emptyPart, at: begin) }
            // A message in the part is one without a body of its own.
            while isInSection { beginPart(at: begin, emit) }
            cross(part, isLast: isLast, at: begin, next: offset, emit)
        }
    }

    /// The section has ended: with an empty line, or with the message.
    mutating func finishSection(at offset: Int, _ emit: (MessageEvent) -> Void) {
        if section.isBehindCR {
            section.isBehindCR = false
            section.anomalies.add(.bareCarriageReturn, at: offset - 1)
            finishLine(at: offset, emit)
            return
        }
        if section.lineLength > 0 {
            // The message ends in a line.
            let (path, begin) = (section.path, section.offset)
            finishLine(at: offset, emit)
            // That line was a boundary.
            guard isInSection, section.path == path, section.offset == begin else { return }
        }
        finishField(emit)
        beginPart(at: offset, emit)
    }

    /// A field is complete.
    private mutating func finishField(_ emit: (MessageEvent) -> Void) {
        guard section.hasField else { return }
        section.finishField(isFirstOfMessage: section.path.depth == 0 && section.fieldOffset < 4, emit)
    }
}
