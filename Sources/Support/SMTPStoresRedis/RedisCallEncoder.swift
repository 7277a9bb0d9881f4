#if Redis

import SMTPSecurity

/// Writes calls as the Redis protocol (RESP) wants them: arrays of bulk strings.
struct RedisCallEncoder {
    /// What is to be sent.
    var output: [UInt8] = []
    private let prefixes: Prefixes
    private let timeSource: RedisTimeSource
    /// `EVALSHA` with the digest, and `EVAL` with the source, of each script.
    private let known: [[UInt8]]
    private let sources: [[UInt8]]

    /// What the keys of each kind begin with: the same text may be a key of several kinds.
    private struct Prefixes {
        var rate: [UInt8]
        var firstSeen: [UInt8]
        var trustee: [UInt8]
        var tally: [UInt8]

        init(_ prefix: String) {
            rate = Array("\(prefix)rate:".utf8)
            firstSeen = Array("\(prefix)seen:".utf8)
            trustee = Array("\(prefix)trust:".utf8)
            tally = Array("\(prefix)tally:".utf8)
        }
    }

    /// - Parameter digests: what `SCRIPT LOAD` answered, for each of ``RedisScript``'s cases in their order.
    init(_ configuration: RedisStoreConfiguration, digests: [String]) {
        prefixes = Prefixes(configuration.keyPrefix)
        timeSource = configuration.timeSource
        known = digests.map { Self.bulks("EVALSHA", $0) }
        sources = RedisScript.allCases.map { Self.bulks("EVAL", $0.source) }
        output.reserveCapacity(16_384)
    }

    /// Any command, for setting up a connection.
    static func command(_ arguments: String...) -> [UInt8] {
        var octets = Array("*\(arguments.count)\r\n".utf8)
        for argument in arguments { octets += Array("$\(argument.utf8.count)\r\n\(argument)\r\n".utf8) }
        return octets
    }

    private static func bulks(_ command: String, _ script: String) -> [UInt8] {
        Array("$\(command.utf8.count)\r\n\(command)\r\n$\(script.utf8.count)\r\n\(script)\r\n".utf8)
    }

    /// Appends a call.
    ///
    /// - Parameter isRepeated: whether the server said that it has no script of this digest, and needs the source.
    mutating func append(_ call: RedisCall, isRepeated: Bool) {
        switch call {
        case .charge(let charges, let now):
            begin(.charge, isRepeated, keys: charges.count, arguments: 1 + 2 * charges.count)
            for charge in charges { append(prefixes.rate, charge.key) }
            append(now, unit: 1_000)
            for charge in charges {
                append(charge.allowance.increment(for: charge.cost))
                append(charge.allowance.tolerance)
            }
        case .note(let request, let now):
            let keys = request.keys.count + (request.trustee == nil ? 0 : 1)
            begin(.note, isRepeated, keys: keys, arguments: 6)
            for key in request.keys { append(prefixes.firstSeen, key) }
            if let trustee = request.trustee { append(prefixes.trustee, trustee) }
            append(now, unit: 1_000)
            append(min(request.rule.exactDelay, Self.longest))
            append(Self.bounded(request.rule.retryWindow))
            append(Self.bounded(request.rule.lifetime))
            append(Int64(request.rule.trustedAfter))
            append(request.trustee == nil ? 0 : 1)
        case .record(let isFailure, let keys, let rule, let now):
            begin(.record, isRepeated, keys: keys.count, arguments: 7)
            for key in keys { append(prefixes.tally, key) }
            append(now, unit: 1_000_000)
            append(isFailure ? 1 : 0)
            append(rule.window.wholeNanoseconds / 1_000_000)
            append(Int64(rule.limit))
            append(Int64(rule.shareMinimum))
            append(Int64(rule.sharePercent))
            append(rule.penalty.wholeNanoseconds / 1_000_000)
        case .penalty(let keys, let now):
            begin(.penalty, isRepeated, keys: keys.count, arguments: 1)
            for key in keys { append(prefixes.tally, key) }
            append(now, unit: 1_000_000)
        }
    }

    // MARK: Parts

    /// The longest time that scripts compute with, in microseconds: 126 years, so that sums stay below 2⁵³.
    private static let longest: Int64 = 4_000_000_000_000_000

    private static func bounded(_ duration: Duration) -> Int64 {
        min(max(duration.wholeNanoseconds / 1_000, -longest), longest)
    }

    private mutating func begin(_ script: RedisScript, _ isRepeated: Bool, keys: Int, arguments: Int) {
        output.append(UInt8(ascii: "*"))
        appendDecimal(UInt64(3 + keys + arguments))
        appendLineEnd()
        output.append(contentsOf: isRepeated ? sources[script.rawValue] : known[script.rawValue])
        append(Int64(keys))
    }

    private mutating func append(_ prefix: [UInt8], _ key: StoreKey) {
        let octets = key.octets
        output.append(UInt8(ascii: "$"))
        appendDecimal(UInt64(prefix.count + octets.count))
        appendLineEnd()
        output.append(contentsOf: prefix)
        output.append(contentsOf: octets)
        appendLineEnd()
    }

    /// The time in units of so many nanoseconds, rounded down; `-` where the server's counts.
    private mutating func append(_ time: Timestamp, unit: Int64) {
        guard timeSource == .session else {
            output.append(contentsOf: "$1\r\n-\r\n".utf8)
            return
        }
        let quotient = time.nanoseconds / unit
        append(time.nanoseconds < 0 && time.nanoseconds % unit != 0 ? quotient - 1 : quotient)
    }

    private mutating func append(_ number: Int64) {
        let magnitude = number.magnitude
        var digits: UInt64 = 1
        var rest = magnitude
        while rest >= 10 {
            rest /= 10
            digits += 1
        }
        output.append(UInt8(ascii: "$"))
        appendDecimal(number < 0 ? digits + 1 : digits)
        appendLineEnd()
        if number < 0 { output.append(UInt8(ascii: "-")) }
        appendDecimal(magnitude)
        appendLineEnd()
    }

    private mutating func appendDecimal(_ number: UInt64) {
        if number >= 10 { appendDecimal(number / 10) }
        output.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }

    private mutating func appendLineEnd() {
        output.append(UInt8(ascii: "\r"))
        output.append(UInt8(ascii: "\n"))
    }
}

extension FirstSeenRule {
    /// The delay in whole microseconds, at least one.
    var exactDelay: Int64 { max(delay.wholeNanoseconds / 1_000, 1) }
}

#endif
