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

/// A connected socket to a Redis server, with or without TLS, and hiredis' reader of replies.
///
/// A class because its identity is the point: it owns a descriptor. Not `Sendable`: it belongs to one connection's thread.
///
/// hiredis connects and reads replies. Octets are moved here: hiredis 0.14 knows no TLS, copies what is sent twice, reads 16 KiB at a time and
/// can raise SIGPIPE.
final class RedisLink {
    private let context: UnsafeMutablePointer<redisContext>
    private var tls: TLSSession?
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    /// The socket.
    let descriptor: CInt

    /// Connects.
    ///
    /// - Parameter timeout: for each of the host's addresses, in microseconds.
    init(_ address: RedisAddress, timeout: Int64) throws(CheckFailure) {
        let time = timeval(
            tv_sec: .init(timeout / 1_000_000), tv_usec: .init(timeout % 1_000_000))
        let connected: UnsafeMutablePointer<redisContext>?
        switch address {
        case .tcp(let host, let port): connected = redisConnectWithTimeout(host, CInt(port), time)
        case .unix(let path):
            // hiredis would cut it silently.
            guard path.utf8.count < MemoryLayout.size(ofValue: sockaddr_un().sun_path) else {
                buffer.deallocate()
                throw CheckFailure("the path of the socket is too long")
            }
            connected = redisConnectUnixWithTimeout(path, time)
        }
        guard let context = connected else {
            buffer.deallocate()
            throw CheckFailure("no memory for a connection")
        }
        guard context.pointee.err == 0 else {
            let reason = chiredis_error_text(context).map { String(cString: $0) } ?? "unknown"
            redisFree(context)
            buffer.deallocate()
            throw CheckFailure("\(Evidence(reason))")
        }
        self.context = context
        descriptor = context.pointee.fd
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
        // A server that vanished without a word is noticed within half a minute, also while nobody asks.
        if case .tcp = address { _ = redisEnableKeepAlive(context) }
    }

    deinit {
        // Before the socket that it writes to is closed.
        tls = nil
        redisFree(context)
        buffer.deallocate()
    }

    /// Shakes hands.
    func startTLS(_ settings: RedisTLS, host: String?, until moment: Int64) throws(CheckFailure) {
        let session = try TLSSession(settings, host: host, descriptor: descriptor)
        while true {
            switch session.shakeHands() {
            case .done:
                tls = session
                return
            case .wantsToRead: try wait(for: POLLIN, until: moment)
            case .wantsToWrite: try wait(for: POLLOUT, until: moment)
            case .ended: throw CheckFailure("the server hung up during the TLS handshake")
            case .failed(let reason): throw CheckFailure(reason)
            }
        }
    }

    /// Sends commands and reads as many replies.
    ///
    /// - Returns: for each, its text, or an error's behind `-`.
    func exchange(_ commands: [[UInt8]], until moment: Int64) throws(CheckFailure) -> [String] {
        let octets = commands.flatMap(\.self)
        var sent = 0
        var replies: [String] = []
        while replies.count < commands.count {
            sent += try send(octets, from: sent)
            try wait(for: sent < octets.count ? POLLIN | POLLOUT : POLLIN, until: moment)
            try receive()
            while replies.count < commands.count, let reply = try nextReply() {
                defer { freeReplyObject(reply) }
                let text = Self.text(of: reply.pointee)
                replies.append(reply.pointee.type == REDIS_REPLY_ERROR ? "-\(text)" : text)
            }
        }
        return replies
    }

    /// Writes what the socket takes.
    ///
    /// - Returns: how many octets it took.
    func send(_ octets: [UInt8], from start: Int) throws(CheckFailure) -> Int {
        var sent = start
        var problem: CheckFailure?
        octets.withUnsafeBytes { all in
            while sent < all.count, problem == nil {
                let rest = UnsafeRawBufferPointer(rebasing: all[sent...])
                guard let tls else {
                    let count = sendWithoutSignal(rest)
                    if count >= 0 {
                        sent += count
                    } else if errno == EAGAIN || errno == EWOULDBLOCK {
                        return
                    } else if errno != EINTR {
                        problem = CheckFailure("sending failed: \(systemError(errno))")
                    }
                    continue
                }
                switch tls.write(rest) {
                case .done(let count): sent += count
                case .wantsToRead, .wantsToWrite: return
                case .ended: problem = Self.hungUp
                case .failed(let reason): problem = CheckFailure(reason)
                }
            }
        }
        if let problem { throw problem }
        return sent - start
    }

    private func sendWithoutSignal(_ octets: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        // The thread blocks SIGPIPE.
        return write(descriptor, octets.baseAddress, octets.count)
        #else
        return Self.systemSend(descriptor, octets.baseAddress, octets.count, CInt(MSG_NOSIGNAL))
        #endif
    }

    /// Reads what is there and hands it to hiredis' reader.
    func receive() throws(CheckFailure) {
        while true {
            let count: Int
            if let tls {
                switch tls.read(into: buffer) {
                case .done(let octets): count = octets
                case .wantsToRead, .wantsToWrite: return
                case .ended: throw Self.hungUp
                case .failed(let reason): throw CheckFailure(reason)
                }
            } else {
                let result = recv(descriptor, buffer.baseAddress, buffer.count, 0)
                guard result != 0 else { throw Self.hungUp }
                if result < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN || errno == EWOULDBLOCK { return }
                    throw CheckFailure("receiving failed: \(systemError(errno))")
                }
                count = result
            }
            let octets = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard redisReaderFeed(context.pointee.reader, octets, count) == REDIS_OK else { throw protocolError }
            // TLS may hold more than the socket shows; without it, a short read means that there is no more.
            if tls == nil, count < buffer.count { return }
        }
    }

    /// The next complete reply, to be freed with `freeReplyObject`; `nil` if there is none yet.
    func nextReply() throws(CheckFailure) -> UnsafeMutablePointer<redisReply>? {
        var reply: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &reply) == REDIS_OK else { throw protocolError }
        return reply?.assumingMemoryBound(to: redisReply.self)
    }

    /// A reply's text, or its number as text.
    static func text(of reply: redisReply) -> String {
        guard let text = reply.str else { return String(reply.integer) }
        return String(decoding: UnsafeRawBufferPointer(start: text, count: Int(reply.len)), as: UTF8.self)
    }

    private func wait(for events: CInt, until moment: Int64) throws(CheckFailure) {
        var waited = pollfd(fd: descriptor, events: Int16(truncatingIfNeeded: events), revents: 0)
        while true {
            let count = poll(&waited, 1, MonotonicClock.pollTime(until: moment))
            if count > 0 { return }
            if count == 0 { throw CheckFailure("the server did not answer in time") }
            guard errno == EINTR else { throw CheckFailure("waiting failed: \(systemError(errno))") }
        }
    }

    private var protocolError: CheckFailure {
        let reason = chiredis_error_text(context).map { String(cString: $0) } ?? ""
        return CheckFailure("the server does not speak the Redis protocol: \(Evidence(reason))")
    }

    private static let hungUp = CheckFailure("the server closed the connection")
}

#if !canImport(Darwin)
extension RedisLink {
    /// The system's function, whose name a method has here.
    fileprivate static func systemSend(
        _ descriptor: CInt, _ octets: UnsafeRawPointer?, _ count: Int, _ flags: CInt
    ) -> Int {
        #if canImport(Glibc)
        Glibc.send(descriptor, octets, count, flags)
        #else
        Musl.send(descriptor, octets, count, flags)
        #endif
    }
}
#endif

#endif
