import SMTPDNS
import SMTPSecurity
import Testing

@Suite("The resolver that knows what it was told")
struct ZoneResolverTests {
    private func question(_ name: String, _ type: DNSRecordType) throws -> DNSQuestion {
        DNSQuestion(try DNSName(name), type)
    }

    @Test("tells records, no data and no name apart")
    func outcomes() async throws {
        var zone = ZoneResolver()
        let address = DNSRecord.address(.v4(0xC000_0201))
        zone.add(try DNSName("a.b.example"), address)
        zone.add(try DNSName("a.b.example"), .txt([[0x78]]))
        #expect(try await zone.answer(question("A.b.example", .a)).outcome == .records([address]))
        #expect(try await zone.answer(question("a.b.example", .txt)).records == [.txt([[0x78]])])
        #expect(try await zone.answer(question("a.b.example", .aaaa)).outcome == .noData)
        // It exists, because something below it does.
        #expect(try await zone.answer(question("b.example", .a)).outcome == .noData)
        #expect(try await zone.answer(question("c.example", .a)).outcome == .nonexistent)
        #expect(try await zone.answer(question("x.a.b.example", .a)).outcome == .nonexistent)
    }

    @Test("follows aliases, and not for ever")
    func aliases() async throws {
        var zone = ZoneResolver()
        let address = DNSRecord.address(.v4(0xC000_0201))
        for number in 0..<20 {
            zone.add(try DNSName("a\(number).example"), .cname(try DNSName("a\(number + 1).example")))
        }
        zone.add(try DNSName("a20.example"), address)
        zone.add(try DNSName("loop.example"), .cname(try DNSName("loop.example")))
        zone.add(try DNSName("lost.example"), .cname(try DNSName("nowhere.example")))
        let answer = try await zone.answer(question("a12.example", .a))
        #expect(answer.records == [address])
        #expect(try answer.canonicalName == DNSName("a20.example"))
        await #expect(throws: DNSFailure.malformed) { try await zone.answer(question("a11.example", .a)) }
        await #expect(throws: DNSFailure.malformed) { try await zone.answer(question("loop.example", .a)) }
        #expect(try await zone.answer(question("lost.example", .a)).outcome == .nonexistent)
        #expect(try await zone.answer(question("a12.example", .cname)).records.count == 1)
    }

    @Test("fails where it was told to, behind an alias too", arguments: [DNSFailure.timeout, .serverFailure, .bogus])
    func failures(_ failure: DNSFailure) async throws {
        var zone = ZoneResolver()
        zone.add(try DNSName("alias.example"), .cname(try DNSName("bad.example")))
        zone.fail(try question("bad.example", .mx), failure)
        await #expect(throws: failure) { try await zone.answer(question("bad.example", .mx)) }
        await #expect(throws: failure) { try await zone.answer(question("alias.example", .mx)) }
        #expect(try await zone.answer(question("bad.example", .a)).outcome == .noData)
    }
}
