#if Redis

import CHiredis
import SMTPSecurity

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// One connection: it connects, serves calls until something goes wrong, rests, and connects again.
///
/// Not `Sendable`: it belongs to its thread.
final class RedisConnection {
    private let connections: RedisConnections
    private let index: Int
    private let configuration: RedisStoreConfiguration
    private let waker: Waker

    private var inFlight = CallsInFlight()
    private var taken: [PendingCall] = []
    /// Calls that have their answers and do not know yet.
    private var answered: [(call: PendingCall, reply: RedisReply)] = []
    /// How many of these the queue still counts as unanswered.
    private var unsettled = 0

    init(_ connections: RedisConnections, _ index: Int) {
        self.connections = connections
        self.index = index
        configuration = connections.configuration
        waker = connections.waker(index)
    }

    /// Runs until the store is shut down.
    func run() {
        let first = max(configuration.firstBackOff.wholeNanoseconds, 1_000_000)
        var backOff = first
        var isFirstAttempt = true
        while !connections.isStopping {
            do throws(CheckFailure) {
                let (link, encoder) = try connect()
                connections.win(index)
                isFirstAttempt = false
                backOff = first
                try serve(link, encoder)
                lose(CheckFailure("the Redis store is shut down"), isFirstAttempt)
            } catch {
                lose(error, isFirstAttempt)
                isFirstAttempt = false
                rest(backOff)
                backOff = min(backOff.multipliedReportingOverflow(by: 2).partialValue, longestBackOff)
            }
        }
        connections.threadEnds()
    }

    private var longestBackOff: Int64 {
        min(max(configuration.longestBackOff.wholeNanoseconds, 1_000_000), 3_600_000_000_000)
    }

    /// Sleeps for the time, or for half of it, or for something between.
    private func rest(_ time: Int64) {
        let time = min(time, longestBackOff)
        let end = MonotonicClock.moment(after: Int64.random(in: time / 2...time))
        while !connections.isStopping, MonotonicClock.now < end { waker.sleep(until: end) }
    }

    private func lose(_ failure: CheckFailure, _ isFirstAttempt: Bool) {
        var calls: [PendingCall] = []
        while let call = inFlight.next() { calls.append(call) }
        connections.lose(index, failure, inFlight: calls, isFirstAttempt: isFirstAttempt)
    }

    // MARK: Connecting

    private func connect() throws(CheckFailure) -> (RedisLink, RedisCallEncoder) {
        let time = min(max(configuration.connectTimeout.wholeNanoseconds, 1_000_000), 3_600_000_000_000)
        let end = MonotonicClock.moment(after: time)
        let link = try RedisLink(configuration.address, timeout: time / 1_000)
        if let tls = configuration.tls {
            var host: String?
            if case .tcp(let name, _) = configuration.address { host = name }
            try link.startTLS(tls, host: host, until: end)
        }
        if let credentials = configuration.credentials {
            let command =
                credentials.user.map { RedisCallEncoder.command("AUTH", $0, credentials.password) }
                ?? RedisCallEncoder.command("AUTH", credentials.password)
            // Only the error's name: what does not know the command might repeat its arguments.
            if let reply = try link.exchange([command], until: end).first, reply.hasPrefix("-") {
                let name = reply.dropFirst().prefix { $0.isASCII && ($0.isUppercase || $0.isNumber) }
                throw CheckFailure("authentication failed: \(Evidence(String(name)))")
            }
        }
        var commands = RedisScript.allCases.map { RedisCallEncoder.command("SCRIPT", "LOAD", $0.source) }
        if configuration.database != 0 {
            commands.insert(RedisCallEncoder.command("SELECT", "\(configuration.database)"), at: 0)
        }
        let replies = try link.exchange(commands, until: end)
        if let error = replies.first(where: { $0.hasPrefix("-") }) {
            throw CheckFailure("the server refused: \(Evidence(String(error.dropFirst())))")
        }
        let digests = Array(replies.suffix(RedisScript.allCases.count))
        return (link, RedisCallEncoder(configuration, digests: digests))
    }

    // MARK: Serving

    /// Serves calls until the store is shut down.
    ///
    /// - Throws: why the connection is of no more use. Calls in flight still wait then.
    private func serve(_ link: RedisLink, _ initialEncoder: RedisCallEncoder) throws(CheckFailure) {
        var encoder = initialEncoder
        var sent = 0
        defer {
            connections.settle(unsettled)
            unsettled = 0
            giveAnswers()
        }
        while true {
            let turn = connections.take(index, into: &taken, inFlight: inFlight.count, answered: unsettled)
            unsettled = 0
            if turn == .stop { return }
            for call in taken {
                encoder.append(call.call, isRepeated: false)
                inFlight.append(call)
            }
            taken.removeAll(keepingCapacity: true)
            if sent < encoder.output.count {
                sent += try link.send(encoder.output, from: sent)
                if sent == encoder.output.count {
                    encoder.output.removeAll(keepingCapacity: true)
                    sent = 0
                }
            }
            giveAnswers()
            guard turn == .sleep else { continue }
            try sleep(link, wantsToSend: sent < encoder.output.count)
            try link.receive()
            try readReplies(link, &encoder)
            if let deadline = inFlight.deadline, deadline <= MonotonicClock.now {
                throw CheckFailure("no answer within \(configuration.callTimeout)")
            }
        }
    }

    /// Sleeps until there is something to read, room to write, a call that is worth it, or a deadline.
    private func sleep(_ link: RedisLink, wantsToSend: Bool) throws(CheckFailure) {
        let time = inFlight.deadline.map { MonotonicClock.pollTime(until: $0) } ?? -1
        let events = Int16(truncatingIfNeeded: wantsToSend ? POLLIN | POLLOUT : POLLIN)
        var waited = (
            pollfd(fd: link.descriptor, events: events, revents: 0),
            pollfd(fd: waker.descriptor, events: Int16(POLLIN), revents: 0)
        )
        let count = withUnsafeMutableBytes(of: &waited) {
            poll($0.baseAddress?.assumingMemoryBound(to: pollfd.self), 2, time)
        }
        guard count >= 0 || errno == EINTR else { throw CheckFailure("waiting failed: \(systemError(errno))") }
        if count > 0, waited.1.revents != 0 { waker.rest() }
    }

    /// Takes the replies that are there. Calls whose script the server has forgotten are written again.
    private func readReplies(_ link: RedisLink, _ encoder: inout RedisCallEncoder) throws(CheckFailure) {
        while let reply = try link.nextReply() {
            defer { freeReplyObject(reply) }
            guard var call = inFlight.next() else { throw CheckFailure("the server gave an answer to nothing") }
            let answer = Self.answer(reply.pointee)
            if answer == nil, !call.isRepeated {
                call.isRepeated = true
                encoder.append(call.call, isRepeated: true)
                inFlight.append(call)
            } else {
                answered.append((call, answer ?? .failure(RedisReply.unexpected)))
                unsettled += 1
            }
        }
    }

    /// What a reply says; `nil` if the server does not have the script.
    private static func answer(_ reply: redisReply) -> RedisReply? {
        switch reply.type {
        case REDIS_REPLY_INTEGER:
            return .number(reply.integer)
        case REDIS_REPLY_ARRAY:
            guard reply.elements == 2, let first = reply.element[0], let second = reply.element[1],
                first.pointee.type == REDIS_REPLY_INTEGER, second.pointee.type == REDIS_REPLY_INTEGER
            else { return .failure(RedisReply.unexpected) }
            return .pair(first.pointee.integer, second.pointee.integer)
        case REDIS_REPLY_ERROR:
            let text = RedisLink.text(of: reply)
            if text.hasPrefix("NOSCRIPT") { return nil }
            return .failure(CheckFailure("the Redis server refused: \(Evidence(text))"))
        default:
            return .failure(RedisReply.unexpected)
        }
    }

    private func giveAnswers() {
        for (call, reply) in answered { call.continuation.resume(returning: reply) }
        answered.removeAll(keepingCapacity: true)
    }
}

#endif
