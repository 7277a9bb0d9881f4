import SMTPSecurity

/// The decisions that are measured.
enum Decisions {
    static let start = Timestamp(seconds: 1_800_000_000)

    /// 100 messages a minute of a client.
    static let allowance = RateAllowance(100, per: .seconds(60))

    /// The defaults of greylisting.
    static let greylisting = FirstSeenRule(
        delay: .seconds(300), retryWindow: .seconds(172_800), lifetime: .seconds(3_024_000), trustedAfter: 5)

    /// A client of a million and more.
    static func client(_ number: Int) -> IPAddress { .v4(0x0A00_0000 &+ UInt32(truncatingIfNeeded: number)) }

    static func charge(_ number: Int) -> [RateCharge] {
        var key = StoreKey("rate/messages-per-client")
        key.append(.client, client(number))
        return [RateCharge(key, allowance)]
    }

    static func attempt(_ number: Int) -> FirstSeenRequest {
        var key = StoreKey("greylist")
        key.append(.network, IPNetwork(client(number), prefixLength: 24))
        key.append(.sender, name: "sender\(number)@example.net")
        key.append(.recipient, name: "recipient@example.org")
        var trustee = StoreKey("greylist-trust")
        trustee.append(.network, IPNetwork(client(number), prefixLength: 24))
        return FirstSeenRequest([key], trustee: trustee, rule: greylisting)
    }
}
