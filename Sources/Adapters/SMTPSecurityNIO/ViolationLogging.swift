import Logging
import SMTPSecurity

extension Logger {
    /// Writes one violation, under field names that do not change.
    func log(_ record: ViolationRecord) {
        log(
            level: record.enforcement.alarm ? .warning : .info, "violation",
            metadata: [
                "support_id": "\(record.supportID)",
                "violation": "\(record.definition.identifier)",
                "action": "\(record.action.rawValue)",
                "profile": "\(record.profile)",
                "client": "\(record.client)",
                "session": "\(record.session)",
                "helo": "\(record.greetingName)",
                "sender": "\(record.reversePath?.description ?? "-")",
                "recipients": "\(record.recipientCount)",
                "reply": "\(record.reply.map { "\($0.code)" } ?? "-")",
                "evidence": "\(record.evidence)",
            ])
    }
}
