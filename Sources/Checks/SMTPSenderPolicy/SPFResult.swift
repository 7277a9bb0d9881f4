public import SMTPSecurity

/// What a policy says of a client (RFC 7208 §2.6).
public enum SPFResult: String, Sendable, Hashable, CaseIterable {
    /// There is no policy, or no domain to look for one.
    case none
    /// The policy says nothing of the client.
    case neutral
    /// The client is authorised.
    case pass
    /// The client is not authorised.
    case fail
    /// The client is probably not authorised.
    case softfail
    /// The policy could not be found out for now.
    case temperror
    /// The policy cannot be understood.
    case permerror
}

/// Whose policy is asked (RFC 7208 §2.3, §2.4).
public enum SPFIdentity: String, Sendable, Hashable, CaseIterable {
    /// The name that the client gave in `EHLO` or `HELO`.
    case helo
    /// The sender of the message, or `postmaster` at the client's name where that is null.
    case mailFrom = "mailfrom"
}

/// Who is to be judged.
public struct SPFRequest: Sendable, Hashable {
    /// The client's address. An IPv4 address in IPv6 notation counts as IPv4.
    public var client: IPAddress
    /// Whose policy is asked.
    public var identity: SPFIdentity
    /// The sender's mailbox, as in `MAIL FROM` without the angle brackets; empty for the null sender, and for ``SPFIdentity/helo``.
    public var sender: [UInt8]
    /// The name of `EHLO` or `HELO`.
    public var helo: [UInt8]
    /// The name of the host that judges, for explanations.
    public var receiver: String
    /// The time, for explanations.
    public var time: Timestamp

    /// Whoever connects from an address and says something.
    public init(
        _ identity: SPFIdentity, client: IPAddress, helo: [UInt8], sender: [UInt8] = [], receiver: String = "unknown",
        time: Timestamp = Timestamp(seconds: 0)
    ) {
        self.client = client.canonical
        self.identity = identity
        self.helo = helo
        self.sender = sender
        self.receiver = receiver
        self.time = time
    }

    /// The sender's local part; `postmaster` where there is none.
    var localPart: ArraySlice<UInt8> {
        let postmaster = Array("postmaster".utf8)[...]
        guard identity == .mailFrom, let at = sender.lastIndex(of: UInt8(ascii: "@")), at > 0 else { return postmaster }
        return sender[..<at]
    }

    /// The sender's domain.
    var domain: ArraySlice<UInt8> {
        guard identity == .mailFrom, !sender.isEmpty else { return helo[...] }
        guard let at = sender.lastIndex(of: UInt8(ascii: "@")) else { return sender[...] }
        return sender[(at + 1)...]
    }
}

/// What came of an evaluation.
public struct SPFOutcome: Sendable, Hashable {
    /// The result.
    public var result: SPFResult
    /// The mechanism that decided, as it is written; `nil` where none did.
    public var mechanism: String?
    /// What is wrong, for `temperror` and `permerror`.
    public var problem: String?
    /// What the domain's owner has to say of a `fail`; `nil` where there is nothing. Printable ASCII, but from a stranger.
    public var explanation: String?
    /// How many terms with look-ups were evaluated.
    public var lookups = 0
    /// How many look-ups had no answer.
    public var voidLookups = 0

    /// An outcome without anything else to say.
    public init(_ result: SPFResult) { self.result = result }
}

/// How far an evaluation goes (RFC 7208 §4.6.4).
public struct SPFLimits: Sendable, Hashable {
    /// Terms with look-ups.
    public var lookups = 10
    /// Look-ups without an answer.
    public var voidLookups = 2
    /// Exchanges of an `mx` mechanism; more are a `permerror`.
    public var exchanges = 10
    /// Names of the client's address that are looked at; further ones are not.
    public var pointers = 10

    /// What the RFC says.
    public init() {}
}
