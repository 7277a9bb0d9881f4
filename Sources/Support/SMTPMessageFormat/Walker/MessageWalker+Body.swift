extension MessageWalker {
    /// What a line that begins like one that matters is.
    private enum Line {
        /// More of it has to come.
        case undecided
        /// Content; the scan goes on at this place.
        case text(Int)
        /// A boundary, with what ``match(_:)`` says; the next line begins at this place.
        case boundary(Int, isLast: Bool, next: Int)
        /// The beginning of a file.
        case fileBegin(EmbeddedFile, name: [UInt8], next: Int)
        /// The end of a file.
        case fileEnd(next: Int)
    }

    /// Goes on through a body, at most to the next boundary, or to the beginning or the end of a file.
    ///
    /// - Returns: how many octets are done with. What is left is the end of the input: a line end, and what may be a boundary behind it.
    mutating func body(
        _ input: Span<UInt8>, at base: Int, isFinal: Bool, _ emit: (MessageEvent) -> Void
    ) -> Int {
        guard let part = open.last, !input.isEmpty else { return input.count }
        // A header section may end with a bare CR.
        let lineEnd = lineEnd ?? .crlf
        self.lineEnd = lineEnd
        let scan = BodyScan(lineEnd: lineEnd, findsFiles: part.mayHaveFiles)
        let last = input.count - 1
        /// Where the scan goes on.
        var place = 0
        /// A line that matters, and where the line end before it begins.
        var line = 0
        var before = 0
        var hasLine = isAtLineStart
        // A CR before it would have been held back together with it.
        if input[0] == 0x0A { note(.lf, at: base) }
        while true {
            if hasLine {
                hasLine = false
                switch judge(input, line, at: base, isFinal: isFinal) {
                case .text(let next): place = next
                case .undecided:
                    content(input.extracting(..<before), at: base, emit)
                    isAtLineStart = before == line
                    return before
                case .boundary(let part, let isLast, let next):
                    content(input.extracting(..<before), at: base, emit)
                    cross(part, isLast: isLast, at: base + line, next: base + next, emit)
                    return next
                case .fileBegin(let file, let name, let next):
                    content(input.extracting(..<line), at: base, emit)
                    beginFile(file, name, at: base + line, emit)
                    isAtLineStart = true
                    return next
                case .fileEnd(let next):
                    content(input.extracting(..<line), at: base, emit)
                    closeFile(at: base + line, isComplete: true, emit)
                    isAtLineStart = true
                    return next
                }
            }
            let hit = scan.next(input, from: place)
            if hit >= last { break }
            let octet = input[hit]
            let next = input[hit + 1]
            place = hit + 1
            if octet == 0 { add(.nul, at: base + hit) }
            if octet == 0x0D {
                hasLine = true
                before = hit
                line = hit + 1
                if next == 0x0A {
                    note(.crlf, at: base + hit)
                    line = hit + 2
                } else {
                    add(.bareCarriageReturn, at: base + hit)
                }
            } else if next == 0x0A, scan.lineEnd == .crlf {
                note(.lf, at: base + hit + 1)
                hasLine = true
                before = hit + 1
                line = hit + 2
            } else if octet == 0x0A {
                hasLine = true
                before = hit > 0 && input[hit - 1] == 0x0D ? hit - 1 : hit
                line = hit + 1
            }
        }
        return finishInput(input, at: base, isFinal: isFinal, emit)
    }

    /// Nothing that matters is left; a line end at the end is held back, for a boundary may follow.
    private mutating func finishInput(
        _ input: Span<UInt8>, at base: Int, isFinal: Bool, _ emit: (MessageEvent) -> Void
    ) -> Int {
        let last = input.count - 1
        var end = input.count
        switch input[last] {
        case 0: add(.nul, at: base + last)
        case 0x0D: end = last
        case 0x0A: end = last > 0 && input[last - 1] == 0x0D ? last - 1 : last
        default: break
        }
        if isFinal {
            if end < input.count, input[last] == 0x0D { add(.bareCarriageReturn, at: base + last) }
            end = input.count
        }
        content(input.extracting(..<end), at: base, emit)
        if end > 0 { isAtLineStart = false }
        return end
    }

    /// Looks at a line.
    private mutating func judge(_ input: Span<UInt8>, _ line: Int, at base: Int, isFinal: Bool) -> Line {
        guard line < input.count else { return isFinal ? .text(line) : .undecided }
        guard let part = open.last else { return .text(line) }
        let first = input[line]
        let isBoundary = first == UInt8(ascii: "-") && boundaryLength > 0
        let isFile = part.mayHaveFiles && BodyScan.beginsFile(first)
        guard isBoundary || isFile, Self.mayMatter(input, line, part.file != nil) else { return .text(line) }
        let end = Self.lineEnd(input, from: line, limit: line + Self.longestLine + 1)
        if end == input.count || input[end] == 0x0D && end + 1 == input.count {
            if !isFinal, end - line <= Self.longestLine { return .undecided }
        }
        let text = input.extracting(line..<min(end, line + Self.longestLine + 2))
        let resume = max(line, end - 1)
        var next = end
        if end < input.count, input[end] == 0x0D { next += 1 }
        if next < input.count, input[next] == 0x0A { next += 1 }
        if isBoundary {
            switch match(text) {
            case .none: return .text(resume)
            case .prefix:
                add(.boundaryPrefix, at: base + line)
                return .text(resume)
            case .boundary(let part, let isLast, let isPrefix):
                // Longer than any that is looked at.
                guard text.count <= Self.longestLine else { return .text(resume) }
                if isPrefix { add(.boundaryPrefix, at: base + line) }
                noteLineEnd(input, end, at: base)
                return .boundary(part, isLast: isLast, next: next)
            }
        }
        guard text.count <= Self.longestLine else { return .text(resume) }
        if let file = part.file {
            guard file.isEnd(text) else { return .text(resume) }
            noteLineEnd(input, end, at: base)
            return .fileEnd(next: next)
        }
        guard let begun = EmbeddedFile.begun(by: text) else { return .text(resume) }
        noteLineEnd(input, end, at: base)
        return .fileBegin(begun.file, name: begun.name, next: next)
    }

    /// Whether a line begins, as far as it is there, like one that matters.
    private static func mayMatter(_ input: Span<UInt8>, _ line: Int, _ isInFile: Bool) -> Bool {
        func begins(_ word: StaticString) -> Bool {
            word.withUTF8Buffer { word in
                for index in 0..<min(word.count, input.count - line)
                // Proof: the index is below both counts.
                where unsafe lowercased(input[line + index]) != word[index] { return false }
                return true
            }
        }
        if begins("--") { return true }
        return isInFile ? begins("end") || begins("=yend") : begins("begin ") || begins("=ybegin ")
    }

    /// The end of a line that is no content.
    private mutating func noteLineEnd(_ input: Span<UInt8>, _ end: Int, at base: Int) {
        guard end < input.count else { return }
        if input[end] == 0x0A { return note(.lf, at: base + end) }
        if end + 1 < input.count, input[end + 1] == 0x0A { return note(.crlf, at: base + end) }
        add(.bareCarriageReturn, at: base + end)
    }

    /// Hands content on, decoded.
    private mutating func content(_ input: Span<UInt8>, at offset: Int, _ emit: (MessageEvent) -> Void) {
        guard !open.isEmpty else { return }
        let top = open.count - 1
        var begin = 0
        while begin < input.count {
            let end = min(input.count, begin + Self.slice)
            let piece = input.extracting(begin..<end)
            if let encoding = open[top].file?.encoding {
                output.removeAll()
                open[top].file?.decode(piece, at: offset + begin, into: &output)
                if output.count > 0 { emit(.content(output.span, encoding)) }
            } else {
                for index in open[top].decoders.indices {
                    open[top].decoders[index].decode(piece, at: offset + begin, into: &output, emit)
                }
            }
            begin = end
        }
    }

    // MARK: Files in texts

    private mutating func beginFile(
        _ file: EmbeddedFile, _ name: [UInt8], at offset: Int, _ emit: (MessageEvent) -> Void
    ) {
        let top = open.count - 1
        open[top].file = file
        open[top].childCount += 1
        partCount += 1
        open[top].anomalies.add(file.kind == .yEncoded ? .yEncodedFile : .uuencodedFile, at: offset)
        emit(
            .begin(
                MessagePart(
                    path: open[top].filePath, kind: file.kind, offset: offset, mediaTypes: ["application/octet-stream"],
                    contentTypes: [], dispositions: [], encodings: [file.encoding], fileNames: [FileName(name)])))
    }

    /// The file in the innermost part ends, if there is one.
    mutating func closeFile(at offset: Int, isComplete: Bool, _ emit: (MessageEvent) -> Void) {
        guard let part = open.last, var file = part.file else { return }
        open[open.count - 1].file = nil
        if !isComplete {
            output.removeAll()
            file.truncate(at: offset, into: &output)
            if output.count > 0 { emit(.content(output.span, file.encoding)) }
        }
        for anomaly in file.anomalies.first { emit(.anomaly(anomaly, part.filePath)) }
        emit(.end(part.filePath))
    }
}
