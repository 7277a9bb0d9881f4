#if SQLite
import SMTPSecurity

/// An entry as its own table has it: without recipients and transcript.
struct StoredEntry {
    let supportID: SupportID
    fileprivate let time: Timestamp
    fileprivate let profile: String
    fileprivate let check: String
    fileprivate let violation: String
    fileprivate let action: ViolationRecord.Action
    fileprivate let alarm: Bool
    fileprivate let block: Bool
    fileprivate let evidence: String
    fileprivate let reply: String?
    fileprivate let session: SessionID
    fileprivate let client: Endpoint
    fileprivate let greetingName: String
    fileprivate let reversePath: String?
    fileprivate let recipientCount: Int
    fileprivate let transaction: Int
    fileprivate let messageSize: UInt64?
    fileprivate let messageDigest: String?
    /// The list that has its recipients, and how many of them it has.
    let recipients: (list: UInt64?, count: Int64)

    /// Reads the columns of ``ViolationQuery/columns``.
    init(_ row: SQLRow) {
        supportID = SupportID(rawValue: row.number(0))
        time = Timestamp(milliseconds: row.integer(1))
        profile = row.text(2)
        check = row.text(3)
        violation = row.text(4)
        // What this version does not know was done by another one: that it was recorded is certain.
        action = ViolationRecord.Action(rawValue: row.text(5)) ?? .passed
        alarm = row.flag(6)
        block = row.flag(7)
        evidence = row.text(8)
        reply = row.optionalText(9)
        session = SessionID(rawValue: row.number(10))
        client = Endpoint(IPAddress(key: row.octets(11)) ?? .v4(0), port: UInt16(clamping: row.integer(12)))
        greetingName = row.text(13)
        reversePath = row.optionalText(14)
        recipientCount = Int(row.integer(15))
        transaction = Int(row.integer(16))
        messageSize = row.optionalNumber(17)
        messageDigest = row.optionalText(18)
        recipients = (row.optionalNumber(19), row.integer(20))
    }
}

extension ViolationEntry {
    /// An entry of what the tables have.
    init(
        _ row: StoredEntry, recipients: [String], transcript: [TranscriptLine] = [], messageBeginning: [UInt8] = []
    ) {
        supportID = row.supportID
        time = row.time
        profile = row.profile
        check = row.check
        violation = row.violation
        action = row.action
        alarm = row.alarm
        block = row.block
        evidence = row.evidence
        reply = row.reply
        session = row.session
        client = row.client
        greetingName = row.greetingName
        reversePath = row.reversePath
        self.recipients = recipients
        recipientCount = row.recipientCount
        transaction = row.transaction
        self.transcript = transcript
        messageSize = row.messageSize
        messageDigest = row.messageDigest
        self.messageBeginning = messageBeginning
    }
}
#endif
