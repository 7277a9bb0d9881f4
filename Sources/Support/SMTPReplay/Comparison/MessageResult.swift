import SMTPSecurity

/// A message in one run of a session.
struct MessageResult: Sendable {
    /// The most recipients whose addresses are kept.
    static let mostRecipients = 10

    /// What `MAIL` had between its angle brackets.
    var sender: Evidence
    /// The first recipients.
    var recipients: [Evidence] = []
    var acceptedRecipients = 0
    /// Those that were refused while the message had others that were not.
    var refusedRecipients = 0
    var outcome = MessageOutcome.unfinished
    /// Why a recipient was refused, the last one.
    var recipientRefusal: (reply: Reply, violation: ViolationRecord?)?
}
