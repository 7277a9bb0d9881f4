import SMTPSecurity

/// What the rate limit remembers of one session.
public struct RateLimitState: Sendable {
    /// The network that the connection is counted for.
    var counted: IPNetwork?
    /// What `MAIL` announced, in octets; `nil` without `SIZE`.
    var announced: UInt64?
    /// The recipient that the server behind has not answered yet.
    var asked: [UInt8] = []
    /// Recipients that the server behind has accepted, where a rule for octets counts by them.
    var accepted: [[UInt8]] = []
    /// Octets of the message so far.
    var received: UInt64 = 0
    /// Octets of the message that were charged for.
    var charged: UInt64 = 0
    /// What the message's octets are charged to, once its data has begun.
    var accounts: [Account] = []

    /// What octets are charged to.
    struct Account: Sendable {
        let key: StoreKey
        let rule: RateRule
    }

    mutating func beginTransaction(announced: UInt64?) {
        self.announced = announced
        asked = []
        accepted = []
        received = 0
        charged = 0
        accounts = []
    }

    /// Nothing was taken for these octets. If nothing was taken for the message at all, another `DATA` in the transaction begins anew.
    mutating func giveBack(_ octets: UInt64) {
        charged -= min(octets, charged)
        if charged == 0 { accounts = [] }
    }
}
