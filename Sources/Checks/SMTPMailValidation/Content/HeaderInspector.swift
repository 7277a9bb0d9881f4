import SMTPMessageFormat
import SMTPSecurity

/// Looks at the header section of a message (RFC 5322 §3.6).
struct HeaderInspector: Sendable {
    /// Fields that may be there once.
    private static let singular: Set<String> = [
        "date", "from", "sender", "reply-to", "to", "cc", "bcc", "message-id", "in-reply-to", "references", "subject",
    ]
    private static let withAddresses: Set<String> = ["from", "sender", "reply-to", "to", "cc", "bcc"]

    private let check: ContentValidation
    private let now: Timestamp
    private var counts: [String: Int] = [:]
    private var received = 0
    private var authors: [HeaderMailbox]?
    private var hasSender = false
    private var end = 0
    private var isTooLong = false
    private var findings: [ContentFinding] = []

    init(_ check: ContentValidation, at now: Timestamp) {
        self.check = check
        self.now = now
    }

    mutating func add(_ field: HeaderField) {
        end = field.bodyOffset + field.body.count
        if end > check.limits.header, !isTooLong {
            isTooLong = true
            note(ContentValidation.headerTooLong, "more than \(check.limits.header) octets")
        }
        if field.isNamed("received") {
            received += 1
            if received == check.limits.received + 1 {
                note(ContentValidation.loop, "more than \(check.limits.received) fields Received")
            }
            return
        }
        // Nothing else has a name as long as this.
        guard field.name.count <= 16 else { return }
        let name = String(decoding: field.lowercasedName, as: UTF8.self)
        guard Self.singular.contains(name) || check.requiredFields.contains(name) else { return }
        let count = counts[name, default: 0] + 1
        counts[name] = count
        if count == 2, Self.singular.contains(name) {
            note(ContentValidation.repeatedField, "\(name) at octet \(field.offset)")
        }
        if name == "date", count == 1 { judgeDate(field) }
        if Self.withAddresses.contains(name), count <= 2 { judgeAddresses(field, name) }
    }

    /// The section has ended.
    mutating func finish() -> [ContentFinding] {
        for name in check.requiredFields where counts[name] == nil { note(ContentValidation.missingField, name) }
        if let authors, authors.count != 1, !(authors.count > 1 && counts["sender"] != nil) {
            // Several authors need a sender (RFC 5322 §3.6.2).
            note(ContentValidation.ambiguousAuthor, "From has \(authors.count) addresses")
        }
        return findings
    }

    private mutating func judgeDate(_ field: HeaderField) {
        guard let date = MessageDate(field.body) else {
            return note(ContentValidation.invalidDate, String(decoding: field.unfolded, as: UTF8.self))
        }
        if date.weekdayMismatch {
            note(
                ContentValidation.invalidDate,
                "wrong day of the week: \(String(decoding: field.unfolded, as: UTF8.self))")
        }
        let seconds = now.nanoseconds / 1_000_000_000
        let distance = date.secondsSince1970 - seconds
        if distance > check.limits.futureDate || -distance > check.limits.pastDate {
            note(ContentValidation.distantDate, String(decoding: field.unfolded, as: UTF8.self))
        }
    }

    private mutating func judgeAddresses(_ field: HeaderField, _ name: String) {
        // `Bcc` may be empty (RFC 5322 §3.6.3).
        if name == "bcc", field.unfolded.isEmpty { return }
        let list = AddressList(field.body, at: field.bodyOffset)
        for anomaly in list.anomalies.first where anomaly.kind != .addressObsolete {
            note(ContentValidation.invalidAddress, "\(name): \(anomaly.kind.rawValue) at octet \(anomaly.offset)")
        }
        let mailboxes = list.mailboxes
        if name == "from" { authors = (authors ?? []) + mailboxes }
        // A group may have nobody in it.
        if list.entries.isEmpty {
            note(ContentValidation.invalidAddress, "\(name) has no address")
        }
        if name == "sender", mailboxes.count > 1 {
            note(ContentValidation.invalidAddress, "sender has \(mailboxes.count) addresses")
        }
    }

    private mutating func note(_ violation: ViolationDefinition, _ evidence: String) {
        findings.append(ContentFinding(violation, evidence))
    }
}
