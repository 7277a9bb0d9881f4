#if Unbound
import Foundation
import SMTPDNS
import SMTPDNSUnbound
import SMTPSecurity
import Testing

/// A zone that was signed once, until 2090, with a key that nobody has any more.
@Suite("DNSSEC")
struct ValidationTests {
    private static let key = "lLwH6yAoPMha9NjLpS4ibH8MmPVQT80r++JhhSzA5tBQtBTF0j/KhnEDAqZAWMskApKC5HRoY2iSEO4J8iFA0g=="
    private static let signatures: [UInt16: String] = [
        1: "/ng9Ug3WwXnbjCRTSCsiG8kdWj+U6rJEWe9D719Rke4BBfA11auyRrTf+uogQcwNFRwm//5n7y13E7UivpLnMg==",
        16: "/DW5rMKNfdO1VyBWX0ODcs4mNp4P/JC9/lOsw2xCPvDMeFh3CjhcdlAwmD5OP5uecyyWDs6r21f2xJ9SKbbI/Q==",
        48: "5zDywiqX0aDnpx6duxikGqYjQVf8Z8cvOMo0kMvRG9n/A+P7mAUhpY5mvGOgaqS7L1NWUndL0EG5hBT41ZKFng==",
    ]
    private static let anchor =
        "secure.example. IN DS 12596 13 2 5cfd9b64d401dddbb0d78628bc662839387a7801db657736a8e9f5e993df620d"

    /// The record of a signature (RFC 4034 §3.1): algorithm 13, two labels, 3600 seconds, 2025 to 2090.
    private static func signature(of type: UInt16, _ owner: DNSName) throws -> ScriptedNameServer.Record {
        func octets(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }
        let octetsOfSignature = try #require(Data(base64Encoded: signatures[type] ?? "-"))
        let data = [0, UInt8(type), 13, 2] + octets(3_600) + octets(3_786_912_000) + octets(1_735_689_600) + [49, 52]
        return .init(owner, 46, data + owner.wire + [0] + octetsOfSignature)
    }

    private func resolver(_ configuration: UnboundConfiguration, address: UInt8 = 1) throws -> (
        UnboundResolver, ScriptedNameServer
    ) {
        let zone = try DNSName("secure.example")
        let server = try ScriptedNameServer { name, type in
            guard name == zone, let signature = try? Self.signature(of: type, name),
                let key = Data(base64Encoded: Self.key)
            else { return .records([]) }
            let data: [UInt8] =
                switch type {
                case 1: [192, 0, 2, address]
                case 16: [11] + Array("v=spf1 -all".utf8)
                default: [1, 1, 3, 13] + key
                }
            return .records([.init(name, type, data), signature])
        }
        var configuration = configuration
        configuration.upstream = .forwarders([.init(.v4(0x7F00_0001), port: server.port)])
        configuration.deadline = .seconds(20)
        return (try UnboundResolver(configuration), server)
    }

    private func anchored() -> UnboundConfiguration {
        var configuration = UnboundConfiguration()
        configuration.trustAnchors = [Self.anchor]
        return configuration
    }

    @Test("tells what was validated")
    func secure() async throws {
        let (resolver, server) = try resolver(anchored())
        defer { server.stop() }
        for type in [DNSRecordType.a, .txt] {
            let answer = try await resolver.answer(DNSQuestion(try DNSName("secure.example"), type))
            #expect(answer.records.count == 1)
            #expect(answer.security == .secure)
        }
    }

    @Test("does not give out what was changed on its way")
    func bogus() async throws {
        let (resolver, server) = try resolver(anchored(), address: 2)
        defer { server.stop() }
        await #expect(throws: DNSFailure.bogus) {
            try await resolver.answer(DNSQuestion(try DNSName("secure.example"), .a))
        }
    }

    @Test("says nothing of it where nobody wants to know, or the zone is not signed")
    func insecure() async throws {
        let (resolver, server) = try resolver(UnboundConfiguration(), address: 2)
        defer { server.stop() }
        let answer = try await resolver.answer(DNSQuestion(try DNSName("secure.example"), .a))
        #expect(answer.records.count == 1)
        #expect(answer.security == .insecure)
        let (other, second) = try self.resolver(anchored())
        defer { second.stop() }
        #expect(try await other.answer(DNSQuestion(try DNSName("plain.example"), .a)).security == .insecure)
    }
}
#endif
