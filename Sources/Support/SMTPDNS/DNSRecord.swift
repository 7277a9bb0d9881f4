public import SMTPSecurity

/// The kinds of records that mail needs.
public enum DNSRecordType: UInt16, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    case a = 1
    case cname = 5
    case ptr = 12
    case mx = 15
    case txt = 16
    case aaaa = 28

    /// As in a master file.
    public var description: String {
        switch self {
        case .a: "A"
        case .cname: "CNAME"
        case .ptr: "PTR"
        case .mx: "MX"
        case .txt: "TXT"
        case .aaaa: "AAAA"
        }
    }
}

/// What a record says.
public enum DNSRecord: Sendable, Hashable {
    /// An address, of an A or AAAA record.
    case address(IPAddress)
    /// Another name for a name.
    case cname(DNSName)
    /// The name of an address.
    case ptr(DNSName)
    /// Where mail goes. The root as exchange says that there is no mail (RFC 7505).
    case mx(preference: UInt16, exchange: DNSName)
    /// Strings of up to 255 octets.
    case txt([[UInt8]])

    /// Its kind.
    public var type: DNSRecordType {
        switch self {
        case .address(.v4): .a
        case .address(.v6): .aaaa
        case .cname: .cname
        case .ptr: .ptr
        case .mx: .mx
        case .txt: .txt
        }
    }
}

/// What is asked: records of a kind at a name.
public struct DNSQuestion: Sendable, Hashable, CustomStringConvertible {
    /// The name.
    public var name: DNSName
    /// The kind.
    public var type: DNSRecordType

    /// A question.
    public init(_ name: DNSName, _ type: DNSRecordType) {
        self.name = name
        self.type = type
    }

    /// For example `example.org MX`.
    public var description: String { "\(name) \(type)" }
}

/// What came of a question that could be answered.
public struct DNSAnswer: Sendable, Hashable {
    /// Whether there is something.
    public enum Outcome: Sendable, Hashable {
        /// Records of the kind that was asked for; one at least.
        case records([DNSRecord])
        /// The name exists, but has no such records.
        case noData
        /// The name does not exist (NXDOMAIN).
        case nonexistent
    }

    /// What DNSSEC says of an answer (RFC 4033 §5).
    public enum Security: Sendable, Hashable {
        /// The answer was validated.
        case secure
        /// Nothing can be said: the zone is not signed, or nobody looked.
        case insecure
    }

    /// Whether there is something.
    public var outcome: Outcome
    /// What DNSSEC says. An answer that is bogus is ``DNSFailure/bogus``.
    public var security: Security
    /// The name at the end of the CNAME records that were followed; the name in question where a resolver cannot say it.
    public var canonicalName: DNSName

    /// An answer.
    public init(_ outcome: Outcome, canonicalName: DNSName, security: Security = .insecure) {
        self.outcome = outcome
        self.canonicalName = canonicalName
        self.security = security
    }

    /// The records; none if there are none.
    public var records: [DNSRecord] {
        if case .records(let records) = outcome { records } else { [] }
    }
}

/// Why a question could not be answered.
public enum DNSFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// No answer in time.
    case timeout
    /// A server said that it failed (SERVFAIL), or that it does not want to answer.
    case serverFailure
    /// The answer's signatures are wrong.
    case bogus
    /// The answer cannot be read, or its CNAME records lead in a circle or on for too long.
    case malformed
    /// The resolver was shut down, or the task that asked was cancelled.
    case cancelled

    /// In words.
    public var description: String {
        switch self {
        case .timeout: "no answer in time"
        case .serverFailure: "the server failed"
        case .bogus: "the answer's signatures are wrong"
        case .malformed: "the answer makes no sense"
        case .cancelled: "the question was cancelled"
        }
    }
}

/// Answers questions about names.
///
/// CNAME records are followed. A resolver keeps to a deadline of its own for each question.
public protocol DNSResolver: Sendable {
    /// Answers a question.
    ///
    /// - Throws: why there is no answer.
    func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer
}
