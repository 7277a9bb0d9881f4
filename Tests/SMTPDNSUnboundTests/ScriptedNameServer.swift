#if Unbound
import Dispatch
import Glibc
import SMTPDNS
import Synchronization

/// A name server on a port of loopback that says what it is told to say, over UDP and TCP.
///
/// Proof of `@unchecked Sendable`: the sockets are made in `init` and closed by the sources' cancel handlers; everything else is in a mutex.
final class ScriptedNameServer: @unchecked Sendable {
    /// A record.
    struct Record: Sendable {
        var owner: DNSName
        var type: UInt16
        var data: [UInt8]

        init(_ owner: DNSName, _ type: UInt16, _ data: [UInt8]) {
            self.owner = owner
            self.type = type
            self.data = data
        }
    }

    /// What to answer.
    enum Answer: Sendable {
        /// Records, with a response code.
        case records([Record], code: UInt8 = 0)
        /// The octets as they are, behind the question's identifier.
        case octets([UInt8])
        case silence
    }

    let port: UInt16
    private let udp: Int32
    private let tcp: Int32
    private let queue = DispatchQueue(label: "name server")
    private var sources: [any DispatchSourceRead] = []
    private let questions = Mutex<[DNSQuestion]>([])
    private let answer: @Sendable (DNSName, UInt16) -> Answer

    struct CannotListen: Error {}

    init(_ answer: @escaping @Sendable (DNSName, UInt16) -> Answer) throws {
        self.answer = answer
        var found: (Int32, Int32, UInt16)?
        for _ in 0..<20 where found == nil { found = Self.sockets() }
        guard let found else { throw CannotListen() }
        (udp, tcp, port) = found
        for (descriptor, handle) in [(udp, receiveDatagram), (tcp, acceptConnection)] {
            let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
            source.setEventHandler { [weak self] in if self != nil { handle() } }
            source.setCancelHandler { close(descriptor) }
            source.activate()
            sources.append(source)
        }
    }

    /// Two sockets on one port; `nil` if somebody else has the port that came for the other one.
    private static func sockets() -> (Int32, Int32, UInt16)? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let udp = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        let tcp = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(udp, $0, length) == 0 && getsockname(udp, $0, &length) == 0 && bind(tcp, $0, length) == 0
            }
        }
        guard isBound, listen(tcp, 16) == 0 else {
            close(udp)
            close(tcp)
            return nil
        }
        return (udp, tcp, UInt16(bigEndian: address.sin_port))
    }

    func stop() {
        for source in sources { source.cancel() }
        sources = []
    }

    /// What was asked so far, of the types that mail needs.
    var asked: [DNSQuestion] { questions.withLock { $0 } }

    // MARK: Sockets

    private func receiveDatagram() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        var peer = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        withUnsafeMutablePointer(to: &peer) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { peer in
                let count = recvfrom(udp, &buffer, buffer.count, 0, peer, &length)
                guard count > 0, var reply = respond(to: Array(buffer[..<count])) else { return }
                if reply.count > 1_200 {
                    // Too long: the header and the question, with the flag that says so.
                    reply = Array(reply.prefix(questionEnd(buffer)))
                    reply[2] |= 2
                    for index in 6..<12 { reply[index] = 0 }
                }
                sendto(udp, reply, reply.count, 0, peer, length)
            }
        }
    }

    private func acceptConnection() {
        let connection = accept(tcp, nil, nil)
        guard connection >= 0 else { return }
        defer { close(connection) }
        guard let head = read(connection, 2), let query = read(connection, Int(head[0]) << 8 | Int(head[1])),
            let reply = respond(to: query)
        else { return }
        var message = [UInt8(reply.count >> 8), UInt8(reply.count & 255)] + reply
        while !message.isEmpty {
            let count = send(connection, message, message.count, Int32(MSG_NOSIGNAL))
            guard count > 0 else { return }
            message.removeFirst(count)
        }
    }

    private func read(_ connection: Int32, _ count: Int) -> [UInt8]? {
        var octets = [UInt8](repeating: 0, count: count)
        return recv(connection, &octets, count, Int32(MSG_WAITALL)) == count ? octets : nil
    }

    // MARK: Messages

    private func questionEnd(_ message: [UInt8]) -> Int {
        var end = 12
        while end < message.count, message[end] != 0 { end += 1 + Int(message[end]) }
        return end + 5
    }

    private func respond(to query: [UInt8]) -> [UInt8]? {
        guard query.count > 16 else { return nil }
        var labels: [[UInt8]] = []
        var index = 12
        while query[index] != 0 {
            let end = index + 1 + Int(query[index])
            labels.append(Array(query[(index + 1)..<end]))
            index = end
        }
        guard let name = labels.isEmpty ? .root : try? DNSName(labels: labels) else { return nil }
        let type = UInt16(query[index + 1]) << 8 | UInt16(query[index + 2])
        if let type = DNSRecordType(rawValue: type) { questions.withLock { $0.append(DNSQuestion(name, type)) } }
        switch answer(name, type) {
        case .silence: return nil
        case .octets(let octets): return query[..<2] + octets
        case .records(let records, let code):
            var reply = Array(query[..<2]) + [0x85, 0x80 | code, 0, 1]
            reply += [UInt8(records.count >> 8), UInt8(records.count & 255), 0, 0, 0, 0]
            reply += query[12..<(index + 5)]
            for record in records {
                reply += record.owner.wire + [0]
                reply += [UInt8(record.type >> 8), UInt8(record.type & 255), 0, 1, 0, 0, 1, 0]
                reply += [UInt8(record.data.count >> 8), UInt8(record.data.count & 255)] + record.data
            }
            return reply
        }
    }
}
#endif
