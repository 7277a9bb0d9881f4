extension MessageWalker {
    /// The header section is over: the part that it is of begins.
    mutating func beginPart(at offset: Int, _ emit: (MessageEvent) -> Void) {
        isInSection = false
        var declared = DeclaredPart(section)
        if open.count >= limits.depth, declared.kind != .leaf {
            declared.anomalies.add(.depth, at: section.offset)
            declared.kind = .leaf
            declared.boundaries = []
        }
        for (index, boundary) in declared.boundaries.enumerated() {
            if open.contains(where: { $0.boundaries.contains(boundary) }) {
                declared.anomalies.add(.repeatedBoundary, at: section.offset)
            }
            boundaryLength += boundary.count
            if boundaryLength > limits.boundaries {
                boundaryLength -= boundary.count
                declared.anomalies.add(.boundaryCount, at: section.offset)
                declared.boundaries.removeSubrange(index...)
                if declared.boundaries.isEmpty { declared.kind = .leaf }
                break
            }
        }
        for anomaly in declared.anomalies.first { section.anomalies.add(anomaly.kind, at: anomaly.offset) }
        for anomaly in section.anomalies.first { emit(.anomaly(anomaly, section.path)) }
        let part = declared.part(section)
        section.clear()
        emit(.begin(part))
        open.append(OpenPart(part, boundaries: declared.boundaries))
        isAtLineStart = true
        if part.kind == .message { beginSection(at: offset, defaultType: "text/plain", isOfMessage: true) }
    }

    /// A part, or the message in one, begins with its header section.
    private mutating func beginSection(at offset: Int, defaultType: String, isOfMessage: Bool) {
        guard let parent = open.last else { return }
        open[open.count - 1].childCount += 1
        partCount += 1
        section.begin(
            parent.path.child(parent.childCount + 1), at: offset, defaultType: defaultType, isOfMessage: isOfMessage)
        isInSection = true
    }

    // MARK: Boundaries

    /// What a line is.
    enum BoundaryMatch {
        /// None of the boundaries.
        case none
        /// One of them, and more, or in other letters.
        case prefix
        /// A boundary of the part at this place of ``open``; whether it ends the last part, and whether another one is the beginning of the line.
        case boundary(Int, isLast: Bool, isPrefix: Bool)
    }

    /// What a line is that begins with two dashes.
    ///
    /// - Parameter line: the line without its end.
    func match(_ line: Span<UInt8>) -> BoundaryMatch {
        var end = line.count
        // White space may have been added on the way (RFC 2046 §5.1.1).
        while end > 2, line[end - 1] == 0x20 || line[end - 1] == 0x09 { end -= 1 }
        let text = line.extracting(2..<max(2, end))
        var found: (part: Int, isLast: Bool)?
        var isPrefix = false
        for part in open.indices.reversed() {
            for boundary in open[part].boundaries {
                guard text.count >= boundary.count, text.begins(withAnyCaseOf: boundary) else { continue }
                let rest = text.count - boundary.count
                // Case counts (RFC 2046 §5.1.1), but not for everybody.
                guard text.begins(with: boundary) else {
                    isPrefix = true
                    continue
                }
                let isLast = rest == 2 && text[text.count - 2] == 0x2D && text[text.count - 1] == 0x2D
                if rest == 0 || isLast {
                    if found == nil { found = (part, isLast) }
                } else {
                    isPrefix = true
                }
            }
        }
        if let found { return .boundary(found.part, isLast: found.isLast, isPrefix: isPrefix) }
        return isPrefix ? .prefix : .none
    }

    /// A boundary was read: parts within its multipart are over, the next one begins.
    ///
    /// - Parameters:
    ///   - part: the place of the multipart in ``open``.
    ///   - isLast: whether it ends the last part.
    ///   - offset: where the line begins.
    ///   - next: where the next line begins.
    mutating func cross(_ part: Int, isLast: Bool, at offset: Int, next: Int, _ emit: (MessageEvent) -> Void) {
        closeParts(downTo: part + 1, at: offset, emit)
        isAtLineStart = true
        if isLast {
            if open[part].childCount == 0 { open[part].anomalies.add(.missingFirstBoundary, at: offset) }
            open[part].isFinished = true
            return
        }
        if open[part].isFinished { open[part].anomalies.add(.partAfterEnd, at: offset) }
        guard partCount < limits.parts else { return open[part].anomalies.add(.partCount, at: offset) }
        let isDigest = open[part].isDigest
        beginSection(at: next, defaultType: isDigest ? "message/rfc822" : "text/plain", isOfMessage: false)
    }

    /// Ends the innermost parts until so many are open.
    mutating func closeParts(downTo count: Int, at offset: Int, _ emit: (MessageEvent) -> Void) {
        while open.count > count { closePart(at: offset, emit) }
    }

    private mutating func closePart(at offset: Int, _ emit: (MessageEvent) -> Void) {
        closeFile(at: offset, isComplete: false, emit)
        guard var part = open.popLast() else { return }
        for index in part.decoders.indices { part.decoders[index].finish(at: offset, into: &output, emit) }
        for decoder in part.decoders {
            for anomaly in decoder.anomalies.first { part.anomalies.add(anomaly.kind, at: anomaly.offset) }
        }
        if part.kind == .multipart, !part.isFinished {
            part.anomalies.add(part.childCount == 0 ? .missingFirstBoundary : .missingLastBoundary, at: offset)
        }
        for boundary in part.boundaries { boundaryLength -= boundary.count }
        for anomaly in part.anomalies.first { emit(.anomaly(anomaly, part.path)) }
        emit(.end(part.path))
    }
}

extension Span<UInt8> {
    func begins(with octets: [UInt8]) -> Bool {
        for index in octets.indices where self[index] != octets[index] { return false }
        return true
    }

    func begins(withAnyCaseOf octets: [UInt8]) -> Bool {
        for index in octets.indices where lowercased(self[index]) != lowercased(octets[index]) { return false }
        return true
    }
}
