/// The addresses of a field like `From`, `Sender`, `Reply-To`, `To` or `Cc` (RFC 5322 §3.4, with what §4.4 has still to be read, and UTF-8 as in RFC 6532).
///
/// Where something is wrong, what most readers make of it is kept, and ``anomalies`` tell. What stands in angle brackets is the
/// address, whatever stands before it; of several addresses without a comma between them the first is.
public struct AddressList: Sendable, Hashable {
    /// A mailbox or a group (RFC 5322 §3.4).
    public enum Entry: Sendable, Hashable {
        /// A mailbox.
        case mailbox(HeaderMailbox)
        /// A group of mailboxes: its name without quotes and escapes, and its members.
        case group(name: [UInt8], [HeaderMailbox])
    }

    /// How many mailboxes and groups are kept.
    public static let limit = 10_000

    /// The mailboxes and groups in order.
    public let entries: [Entry]
    /// What was unusual.
    public let anomalies: Anomalies

    /// Reads a field's body. There is nothing that cannot be read, in time that grows with its length.
    ///
    /// - Parameters:
    ///   - body: what stands behind the colon, line ends of folding included.
    ///   - offset: where in the message it begins.
    public init(_ body: Span<UInt8>, at offset: Int = 0) {
        var reader = AddressListReader(body, at: offset)
        reader.read()
        entries = reader.entries
        anomalies = reader.anomalies
    }

    /// All mailboxes, those in groups included.
    public var mailboxes: [HeaderMailbox] {
        entries.flatMap {
            switch $0 {
            case .mailbox(let mailbox): [mailbox]
            case .group(_, let members): members
            }
        }
    }
}
