import Foundation
import SMTPSecurity

extension ViolationEntry: Codable {
    private enum CodingKeys: String, CodingKey {
        case supportID, time, profile, check, violation, action, alarm, block, evidence, reply, session, client
        case greetingName, reversePath, recipients, recipientCount, transaction, transcript, messageSize, messageDigest
        case messageBeginning
    }

    /// Writes the Support ID as 19 digits, the time as ISO 8601 in UTC with milliseconds, the session in hexadecimal
    /// and the client as address and port, as they stand in logs. A transcript without lines is left out. Of a
    /// message there is base64.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(supportID.description, forKey: .supportID)
        try container.encode(time, forKey: .time)
        try container.encode(profile, forKey: .profile)
        try container.encode(check, forKey: .check)
        try container.encode(violation, forKey: .violation)
        try container.encode(action.rawValue, forKey: .action)
        try container.encode(alarm, forKey: .alarm)
        try container.encode(block, forKey: .block)
        try container.encode(evidence, forKey: .evidence)
        try container.encodeIfPresent(reply, forKey: .reply)
        try container.encode(session.description, forKey: .session)
        try container.encode(client.description, forKey: .client)
        try container.encode(greetingName, forKey: .greetingName)
        try container.encodeIfPresent(reversePath, forKey: .reversePath)
        try container.encode(recipients, forKey: .recipients)
        try container.encode(recipientCount, forKey: .recipientCount)
        try container.encode(transaction, forKey: .transaction)
        if !transcript.isEmpty { try container.encode(transcript, forKey: .transcript) }
        try container.encodeIfPresent(messageSize, forKey: .messageSize)
        try container.encodeIfPresent(messageDigest, forKey: .messageDigest)
        if !messageBeginning.isEmpty { try container.encode(Data(messageBeginning), forKey: .messageBeginning) }
    }

    /// Reads what ``encode(to:)`` writes.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String {
            try container.decode(String.self, forKey: key).bounded(to: Self.maximumTextOctets)
        }
        func optionalText(_ key: CodingKeys) throws -> String? {
            try container.decodeIfPresent(String.self, forKey: key)?.bounded(to: Self.maximumTextOctets)
        }
        supportID = try container.decode(.supportID, as: "a Support ID of 19 digits") { SupportID($0) }
        time = try container.decodeTime(.time)
        profile = try text(.profile)
        check = try text(.check)
        violation = try text(.violation)
        action = try container.decode(.action, as: "an action") { ViolationRecord.Action(rawValue: $0) }
        alarm = try container.decode(Bool.self, forKey: .alarm)
        block = try container.decode(Bool.self, forKey: .block)
        evidence = try text(.evidence)
        reply = try optionalText(.reply)
        session = try container.decode(.session, as: "a session in hexadecimal") {
            UInt64($0, radix: 16).map(SessionID.init(rawValue:))
        }
        client = try container.decode(.client, as: "an address and a port") { Endpoint(text: $0) }
        greetingName = try text(.greetingName)
        reversePath = try optionalText(.reversePath)
        recipients = try container.decode([String].self, forKey: .recipients).prefix(Self.maximumRecipients)
            .map { $0.bounded(to: Self.maximumTextOctets) }
        recipientCount = try container.decode(Int.self, forKey: .recipientCount)
        transaction = try container.decode(Int.self, forKey: .transaction)
        transcript = (try container.decodeIfPresent([TranscriptLine].self, forKey: .transcript) ?? [])
            .suffix(Self.maximumTranscriptLines)
        messageSize = try container.decodeIfPresent(UInt64.self, forKey: .messageSize)
        messageDigest = try optionalText(.messageDigest)
        messageBeginning = Self.bounded(
            [UInt8](try container.decodeIfPresent(Data.self, forKey: .messageBeginning) ?? Data()))
    }
}
