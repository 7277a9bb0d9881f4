#if Redis

import SMTPSecurity

/// One question to the server: the script and what it needs.
///
/// It holds what the caller passed and is put into octets when it is sent, so that it can be sent again.
enum RedisCall: Sendable {
    case charge([RateCharge], now: Timestamp)
    case note(FirstSeenRequest, now: Timestamp)
    case record(isFailure: Bool, keys: [StoreKey], rule: TallyRule, now: Timestamp)
    case penalty(keys: [StoreKey], now: Timestamp)

    /// The script that answers it.
    var script: RedisScript {
        switch self {
        case .charge: .charge
        case .note: .note
        case .record: .record
        case .penalty: .penalty
        }
    }
}

#endif
