public import SMTPSecurity

extension ViolationEntry {
    /// An entry with what a session kept of its last lines.
    ///
    /// - Parameters:
    ///   - record: the violation.
    ///   - transcript: the lines; `nil` if none were kept.
    ///   - messageDigest: the SHA-256 digest of the message that it is about, in hexadecimal.
    ///   - messageBeginning: how that begins.
    public init(
        _ record: ViolationRecord, transcript: SessionTranscript?, messageDigest: String? = nil,
        messageBeginning: [UInt8] = []
    ) {
        let lines = transcript?.lines.map { TranscriptLine($0) }
        self.init(
            record, recipients: record.recipients.map(\.description), transcript: lines ?? [],
            messageSize: record.messageSize, messageDigest: messageDigest,
            messageBeginning: messageBeginning)
    }
}

extension ViolationRecord {
    /// How large the message was that it is about, in octets; `nil` where there was none.
    var messageSize: UInt64? { contentLength > 0 ? contentLength : nil }
}

extension TranscriptLine {
    /// A line that a session kept.
    init(_ line: SessionTranscript.Line) {
        self.init(time: line.time, direction: .init(line.source), text: line.text.description)
    }
}

extension TranscriptLine.Direction {
    init(_ source: SessionTranscript.Source) {
        switch source {
        case .client: self = .client
        case .server: self = .server
        case .note: self = .note
        }
    }
}
