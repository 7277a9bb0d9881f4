import SMTPSecurity

/// Reads a recording, frame by frame: never more than one of them is in memory.
///
/// ```swift
/// var reader = try RecordingReader(path: "sessions-20270115T080000Z-0001.smtprec")
/// while let frame = try reader.next() { … }
/// if reader.isCutOff { … }
/// ```
public struct RecordingReader {
    /// The file, as problems call it.
    public let file: String
    /// Whether the file ended within a frame, as after a crash. What was before that is whole.
    public private(set) var isCutOff = false
    /// What the file begins with.
    let header: RecordingHeader
    /// Octets that were read.
    private var offset: UInt64
    private let source: RecordingSource

    /// Reads a file.
    ///
    /// - Throws: why it cannot be read, or is no recording.
    public init(path: String) throws(RecordingError) {
        try self.init(RecordingSource(path: path), file: path)
    }

    /// Reads octets in memory.
    ///
    /// - Parameters:
    ///   - octets: the whole recording.
    ///   - file: what problems call it.
    /// - Throws: why they are no recording.
    public init(octets: [UInt8], file: String = "recording") throws(RecordingError) {
        try self.init(RecordingSource(octets), file: file)
    }

    private init(_ source: RecordingSource, file: String) throws(RecordingError) {
        self.source = source
        self.file = file
        let head = try source.read(RecordingFormat.headerSize, file: file)
        guard head.count == RecordingFormat.headerSize else {
            throw RecordingError(
                file: file, offset: 0, found: "\(head.count) octets",
                wanted: "a header of \(RecordingFormat.headerSize) octets")
        }
        header = try RecordingHeader(head, file: file)
        offset = UInt64(head.count)
    }

    /// The next frame; `nil` at the end.
    ///
    /// - Throws: what is damaged. Nothing after it can be read.
    public mutating func next() throws(RecordingError) -> RecordedFrame? {
        guard !isCutOff else { return nil }
        let head = try source.read(RecordingFormat.frameHeadSize, file: file)
        guard !head.isEmpty else { return nil }
        guard head.count == RecordingFormat.frameHeadSize else { return endEarly() }
        let (kind, count) = try Self.read(head, file: file, at: offset)
        let rest = try source.read(count + RecordingFormat.checksumSize, file: file)
        guard rest.count == count + RecordingFormat.checksumSize else { return endEarly() }
        let wanted = CRC32.checksum((head + rest[..<count])[...])
        let found: UInt32 = rest.word(at: count)
        guard found == wanted else {
            let place = offset + UInt64(head.count + count)
            throw RecordingError(file: file, offset: place, found: "checksum \(found)", wanted: "checksum \(wanted)")
        }
        var decoder = FrameDecoder(Array(rest[..<count]), file: file, at: offset + UInt64(head.count))
        let content = try decoder.content(kind, isEnd: head[1] == 1)
        offset += UInt64(head.count + rest.count)
        return RecordedFrame(
            content, session: .init(rawValue: head.word(at: 8)),
            at: .init(nanoseconds: Int64(bitPattern: head.word(at: 16))))
    }

    private mutating func endEarly() -> RecordedFrame? {
        isCutOff = true
        return nil
    }

    private static func read(
        _ head: [UInt8], file: String, at offset: UInt64
    ) throws(RecordingError) -> (FrameKind, Int) {
        func damaged(_ place: UInt64, _ found: String, _ wanted: String) -> RecordingError {
            RecordingError(file: file, offset: offset + place, found: found, wanted: wanted)
        }
        guard let kind = FrameKind(rawValue: head[0]) else {
            throw damaged(0, "kind \(head[0])", "one of 1 to \(FrameKind.allCases.count)")
        }
        let mayEnd = kind == .line || kind == .response || kind == .message
        guard head[1] <= (mayEnd ? 1 : 0), head[2] == 0, head[3] == 0 else {
            throw damaged(1, "flags \(head[1]) \(head[2]) \(head[3])", mayEnd ? "0 0 0 or 1 0 0" : "0 0 0")
        }
        let count: UInt32 = head.word(at: 4)
        guard count <= RecordingFormat.mostPayload else {
            throw damaged(4, "a payload of \(count) octets", "at most \(RecordingFormat.mostPayload)")
        }
        return (kind, Int(count))
    }
}
