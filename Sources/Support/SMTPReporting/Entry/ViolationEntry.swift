public import SMTPSecurity

/// What is kept of a violation: the record that a session made of it, and what its owner knew besides.
///
/// All text that comes from outside was escaped before, by `Evidence`, and is bounded here. It is data nevertheless: it
/// can contain anything that printable ASCII allows.
public struct ViolationEntry: Sendable, Hashable {
    /// The most recipients that are kept of a transaction; ``recipientCount`` says how many it had.
    public static let maximumRecipients = 10
    /// The most octets of each text, in UTF-8; longer ones are cut and end with an ellipsis.
    public static let maximumTextOctets = 2_048
    /// The most octets that are kept of a message: the first ones.
    public static let maximumMessageOctets = 1_048_576
    /// The most lines that are kept of a transcript: the last ones.
    public static let maximumTranscriptLines = 1_000

    /// Its number, by which a person finds it.
    public let supportID: SupportID
    /// When it was raised, to the millisecond.
    public let time: Timestamp
    /// The name of the profile in force.
    public let profile: String
    /// The check that raised it, for example `compliance`.
    public let check: String
    /// The kind, check and name, for example `compliance.bare-line-feed`.
    public let violation: String
    /// What was done.
    public let action: ViolationRecord.Action
    /// Whether the profile had it reported.
    public let alarm: Bool
    /// Whether the profile had it refused. ``action`` says what was done.
    public let block: Bool
    /// What shows it, escaped.
    public let evidence: String
    /// The reply that the client got, where this violation decided it: as on the wire, escaped, with `\r\n` between its
    /// lines.
    public let reply: String?
    /// The session it was raised in.
    public let session: SessionID
    /// The client; an IPv4 address in IPv6 notation is kept as IPv4.
    public let client: Endpoint
    /// The name the client greeted with, escaped; empty before its greeting.
    public let greetingName: String
    /// The reverse-path of the transaction in progress, escaped; `nil` outside a transaction.
    public let reversePath: String?
    /// Recipients of the transaction, escaped, ``maximumRecipients`` at most.
    public let recipients: [String]
    /// How many recipients the transaction had when it was raised.
    public let recipientCount: Int
    /// How many transactions the session had started.
    public let transaction: Int
    /// What the client and the server said until then; empty where no transcript was kept, and in what a query of many
    /// finds.
    public let transcript: [TranscriptLine]
    /// How large the message was, in octets; `nil` where there was none.
    public let messageSize: UInt64?
    /// The SHA-256 digest of the message in hexadecimal; `nil` where there was none.
    public let messageDigest: String?
    /// How the message begins, as it came; empty where nothing of it was kept, and in what a query of many finds.
    ///
    /// It is what a stranger wrote: for people to look at, show ``messageLines``.
    public let messageBeginning: [UInt8]

    /// Whether something was refused.
    public var isRefused: Bool { action == .refused || action == .closed }
}

extension ViolationEntry {
    /// An entry of a record.
    ///
    /// - Parameters:
    ///   - record: what a session made of the violation.
    ///   - recipients: the forward-paths of the transaction, escaped. The first ``maximumRecipients`` are kept.
    ///   - transcript: what the client and the server said until then. The last ``maximumTranscriptLines`` lines are
    ///     kept.
    ///   - messageSize: how large the message was, in octets.
    ///   - messageDigest: its SHA-256 digest in hexadecimal.
    ///   - messageBeginning: how it begins. The first ``maximumMessageOctets`` are kept.
    public init(
        _ record: ViolationRecord, recipients: [String] = [], transcript: [TranscriptLine] = [],
        messageSize: UInt64? = nil, messageDigest: String? = nil, messageBeginning: [UInt8] = []
    ) {
        func bounded(_ text: String) -> String { text.bounded(to: Self.maximumTextOctets) }
        supportID = record.supportID
        time = record.time.wholeMilliseconds
        profile = bounded(record.profile)
        check = bounded(record.definition.check)
        violation = bounded(record.definition.identifier)
        action = record.action
        alarm = record.enforcement.alarm
        block = record.enforcement.block
        evidence = bounded(record.evidence.description)
        reply = record.reply.map { bounded(Self.text($0)) }
        session = record.session
        client = Endpoint(record.client.address.canonical, port: record.client.port)
        greetingName = bounded(record.greetingName.description)
        reversePath = record.reversePath.map { bounded($0.description) }
        self.recipients = recipients.prefix(Self.maximumRecipients).map(bounded)
        recipientCount = record.recipientCount
        transaction = record.transaction
        self.transcript = transcript.suffix(Self.maximumTranscriptLines)
        self.messageSize = messageSize
        self.messageDigest = messageDigest.map(bounded)
        self.messageBeginning = Self.bounded(messageBeginning)
    }

    static func bounded(_ message: [UInt8]) -> [UInt8] {
        message.count <= maximumMessageOctets ? message : Array(message.prefix(maximumMessageOctets))
    }

    /// The lines of ``messageBeginning``, escaped as `Evidence` does it, without their ends.
    public var messageLines: [String] {
        guard !messageBeginning.isEmpty else { return [] }
        var lines = messageBeginning.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines.map { line in Evidence.escaped(line.last == UInt8(ascii: "\r") ? line.dropLast() : line) }
    }

    /// A reply as on the wire, escaped.
    private static func text(_ reply: Reply) -> String {
        // What is beyond these lines would be cut anyway.
        let lines = reply.lines.prefix(64)
        let status = reply.enhancedStatus.map { "\($0) " } ?? ""
        var text: [UInt8] = []
        for (index, line) in lines.enumerated() {
            if index > 0 { text += "\\r\\n".utf8 }
            text += "\(reply.code)\(index + 1 < lines.count ? "-" : " ")\(status)".utf8
            let octets = line.utf8Span.span
            Evidence.append(octets, of: octets.count, to: &text)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// About how much memory the entry takes, in octets.
    var estimatedOctets: Int {
        var octets = 512 + profile.utf8.count + check.utf8.count + violation.utf8.count + evidence.utf8.count
        octets += greetingName.utf8.count + (reply?.utf8.count ?? 0) + (reversePath?.utf8.count ?? 0)
        octets += (messageDigest?.utf8.count ?? 0) + messageBeginning.count
        for recipient in recipients { octets += 32 + recipient.utf8.count }
        for line in transcript { octets += 48 + line.text.utf8.count }
        return octets
    }
}
