#if Unbound
import SMTPDNS
import SMTPDNSUnbound
import SMTPSecurity
import Testing

@Suite("The resolver on libunbound")
struct UnboundResolverTests {
    /// A resolver that asks a server which has these records, by what is asked for; `nil` for a name that does not exist.
    private func resolver(
        deadline: Duration = .seconds(20), _ change: (inout UnboundConfiguration) -> Void = { _ in },
        _ answer: @escaping @Sendable (DNSName, UInt16) -> ScriptedNameServer.Answer
    ) throws -> (UnboundResolver, ScriptedNameServer) {
        let server = try ScriptedNameServer(answer)
        var configuration = UnboundConfiguration()
        configuration.upstream = .forwarders([.init(.v4(0x7F00_0001), port: server.port)])
        configuration.deadline = deadline
        change(&configuration)
        return (try UnboundResolver(configuration), server)
    }

    private func question(_ name: String, _ type: DNSRecordType) throws -> DNSQuestion {
        DNSQuestion(try DNSName(name), type)
    }

    private func outcome(_ question: DNSQuestion, _ resolver: UnboundResolver) async -> Result<DNSAnswer, DNSFailure> {
        do throws(DNSFailure) {
            return .success(try await resolver.answer(question))
        } catch {
            return .failure(error)
        }
    }

    private static func wire(_ name: String) throws -> [UInt8] { try DNSName(name).wire + [0] }

    // MARK: Outcomes

    @Test("tells records, no data, no name and failures apart")
    func outcomes() async throws {
        let exchange = try Self.wire("mail.example")
        let (resolver, server) = try resolver { name, type in
            switch ("\(name)", type) {
            case ("mail.example", 1): .records([.init(name, 1, [192, 0, 2, 1]), .init(name, 1, [192, 0, 2, 2])])
            case ("mail.example", 28):
                .records([.init(name, 28, [0x20, 1, 0xD, 0xB8] + Array(repeating: 0, count: 11) + [1])])
            case ("mail.example", 15): .records([.init(name, 15, [0, 10] + exchange), .init(name, 15, [0, 0, 0])])
            case ("mail.example", 16): .records([.init(name, 16, [1, 0x61, 0, 2, 0x62, 0x63])])
            case ("1.2.0.192.in-addr.arpa", 12): .records([.init(name, 12, exchange)])
            case ("mail.example", _): .records([])
            case ("broken.example", _): .records([], code: 2)
            case ("refused.example", _): .records([], code: 5)
            default: .records([], code: 3)
            }
        }
        defer { server.stop() }
        let name = try DNSName("mail.example")
        var answer = try await resolver.answer(DNSQuestion(name, .a))
        #expect(Set(answer.records) == [.address(.v4(0xC000_0201)), .address(.v4(0xC000_0202))])
        #expect(answer.canonicalName == name && answer.security == .insecure)
        answer = try await resolver.answer(DNSQuestion(name, .aaaa))
        #expect(answer.records == [.address(try IPAddress("2001:db8::1"))])
        answer = try await resolver.answer(DNSQuestion(name, .mx))
        #expect(
            Set(answer.records) == [.mx(preference: 10, exchange: name), .mx(preference: 0, exchange: .root)])
        answer = try await resolver.answer(DNSQuestion(name, .txt))
        #expect(answer.records == [.txt([[0x61], [], [0x62, 0x63]])])
        answer = try await resolver.answer(question("1.2.0.192.in-addr.arpa", .ptr))
        #expect(answer.records == [.ptr(name)])
        #expect(try await resolver.answer(DNSQuestion(name, .cname)).outcome == .noData)
        #expect(try await resolver.answer(question("other.example", .a)).outcome == .nonexistent)
        for name in ["broken.example", "refused.example"] {
            await #expect(throws: DNSFailure.serverFailure) { try await resolver.answer(question(name, .a)) }
        }
    }

    @Test("follows aliases, and says where they lead")
    func aliases() async throws {
        let (resolver, server) = try resolver { name, type -> ScriptedNameServer.Answer in
            let next: [String: String] = [
                "a.example": "b.example", "b.example": "c.example", "gone.example": "x.example",
            ]
            if let target = next["\(name)"], let data = try? Self.wire(target) {
                return .records([.init(name, 5, data)])
            }
            if "\(name)" == "loop.example", let data = try? Self.wire("pool.example") {
                return .records([.init(name, 5, data)])
            }
            if "\(name)" == "pool.example", let data = try? Self.wire("loop.example") {
                return .records([.init(name, 5, data)])
            }
            guard "\(name)" == "c.example" else { return .records([], code: 3) }
            return .records(type == 1 ? [.init(name, 1, [192, 0, 2, 1])] : [])
        }
        defer { server.stop() }
        let answer = try await resolver.answer(question("a.example", .a))
        #expect(answer.records == [.address(.v4(0xC000_0201))])
        #expect(answer.canonicalName == (try DNSName("c.example")))
        #expect(try await resolver.answer(question("a.example", .mx)).outcome == .noData)
        #expect(try await resolver.answer(question("gone.example", .a)).outcome == .nonexistent)
        await #expect(throws: DNSFailure.self) { try await resolver.answer(question("loop.example", .a)) }
    }

    @Test("asks others once for what it knows")
    func cache() async throws {
        let (resolver, server) = try resolver { name, _ in .records([.init(name, 1, [192, 0, 2, 1])]) }
        defer { server.stop() }
        for _ in 0..<5 { _ = try await resolver.answer(question("a.example", .a)) }
        #expect(server.asked == [try question("a.example", .a)])
    }

    @Test("answers a thousand questions at once")
    func many() async throws {
        let (resolver, server) = try resolver { name, _ in
            .records([.init(name, 1, [10, 0, 0, UInt8(name.labels[0].count)])])
        }
        defer { server.stop() }
        try await withThrowingTaskGroup { group in
            for number in 0..<1_000 {
                let question = try question("\(String(repeating: "x", count: number % 50 + 1))\(number).example", .a)
                group.addTask {
                    (question, try await resolver.answer(question).records)
                }
            }
            var count = 0
            for try await (question, records) in group {
                #expect(records == [.address(.v4(0x0A00_0000 | UInt32(question.name.labels[0].count)))])
                count += 1
            }
            #expect(count == 1_000)
        }
    }

    // MARK: Time

    @Test("gives up when its time is over")
    func deadline() async throws {
        let (resolver, server) = try resolver(deadline: .milliseconds(50)) { _, _ in .silence }
        defer { server.stop() }
        await withTaskGroup { group in
            for number in 0..<10 {
                group.addTask {
                    await #expect(throws: DNSFailure.timeout) {
                        try await resolver.answer(question("a\(number).example", .a))
                    }
                }
            }
        }
    }

    @Test("lets go of what nobody waits for any more")
    func cancellation() async throws {
        let (resolver, server) = try resolver { name, _ in
            "\(name)" == "silent.example" ? .silence : .records([.init(name, 1, [192, 0, 2, 1])])
        }
        defer { server.stop() }
        let question = try question("silent.example", .a)
        let task = Task { await outcome(question, resolver) }
        while server.asked.isEmpty { await Task.yield() }
        task.cancel()
        #expect(await task.value == .failure(.cancelled))
        // Before it was asked at all.
        let early = Task {
            while !Task.isCancelled { await Task.yield() }
            return await outcome(question, resolver)
        }
        early.cancel()
        #expect(await early.value == .failure(.cancelled))
        #expect(try await !resolver.answer(self.question("a.example", .a)).records.isEmpty)
    }

    @Test("can go away while questions are on their way")
    func goingAway() async throws {
        for _ in 0..<20 {
            let (resolver, server) = try resolver { _, _ in .silence }
            let task = Task { [question = try question("a.example", .a)] in await outcome(question, resolver) }
            if Bool.random() { await Task.yield() }
            task.cancel()
            #expect(await task.value == .failure(.cancelled))
            server.stop()
        }
    }

    @Test("fails where nobody answers")
    func dead() async throws {
        // A port that was free a moment ago.
        let server = try ScriptedNameServer { _, _ in .silence }
        var configuration = UnboundConfiguration()
        configuration.upstream = .forwarders([.init(.v4(0x7F00_0001), port: server.port)])
        configuration.deadline = .seconds(2)
        server.stop()
        let resolver = try UnboundResolver(configuration)
        await #expect(throws: DNSFailure.self) { try await resolver.answer(question("a.example", .a)) }
    }

    // MARK: Hostile servers

    @Test("reads texts of any octets and of any length")
    func texts() async throws {
        let strings = (0..<250).map { (number: Int) -> [UInt8] in
            [0x76, 0, 255, UInt8(number)] + [UInt8](repeating: 0x20, count: 251)
        }
        let data = strings.flatMap { [UInt8(255)] + $0 }
        let (resolver, server) = try resolver { name, _ in .records([.init(name, 16, data)]) }
        defer { server.stop() }
        let answer = try await resolver.answer(question("a.example", .txt))
        #expect(answer.records == [.txt(strings)])
    }

    @Test("reads names of any octets and of any length")
    func names() async throws {
        let labels =
            [[UInt8]](repeating: [UInt8](repeating: 0xFF, count: 63), count: 3) + [[UInt8](repeating: 0, count: 61)]
        let longest = try DNSName(labels: labels)
        let strange = try DNSName(labels: [Array("a.b\\c\u{0} \"".utf8), Array("example".utf8)])
        let (resolver, server) = try resolver { name, type in
            switch (name, type) {
            case (longest, 1), (strange, 1): .records([.init(name, 1, [192, 0, 2, 1])])
            case (_, 12): .records([.init(name, 12, longest.wire + [0]), .init(name, 12, strange.wire + [0])])
            case (_, 1): .records([.init(name, 5, strange.wire + [0]), .init(strange, 1, [192, 0, 2, 1])])
            default: .records([], code: 3)
            }
        }
        defer { server.stop() }
        #expect(Set(try await resolver.answer(question("a.example", .ptr)).records) == [.ptr(longest), .ptr(strange)])
        #expect(try await resolver.answer(DNSQuestion(longest, .a)).records.count == 1)
        #expect(try await resolver.answer(DNSQuestion(strange, .a)).records.count == 1)
        let answer = try await resolver.answer(question("alias.example", .a))
        #expect(answer.records.count == 1)
        // libunbound cannot say where it led.
        #expect(answer.canonicalName == (try DNSName("alias.example")))
        #expect(try await resolver.answer(question("alias.example", .txt)).outcome == .nonexistent)
    }

    @Test(
        "survives what makes no sense",
        arguments: [
            [], [0x85], [0x85, 0x80, 0, 1, 255, 255, 0, 0, 0, 0], [0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 0xC0, 0x0C],
            Array(repeating: 0xFF, count: 500), Array(repeating: 0xC0, count: 500),
        ])
    func garbage(_ octets: [UInt8]) async throws {
        let (resolver, server) = try resolver(deadline: .milliseconds(300)) { name, _ in
            "\(name)" == "a.example" ? .octets(octets) : .records([.init(name, 1, [192, 0, 2, 1])])
        }
        defer { server.stop() }
        await #expect(throws: DNSFailure.self) { try await resolver.answer(question("a.example", .a)) }
    }

    @Test(
        "does not believe records that cannot be ones",
        arguments: [
            (DNSRecordType.a, [192, 0, 2]), (.a, [192, 0, 2, 1, 1]), (.aaaa, [1]), (.mx, [0]), (.mx, [0, 1]),
            (.mx, [0, 1, 5, 0x61]), (.txt, []), (.txt, [5, 0x61]), (.ptr, []), (.ptr, [64, 0]), (.ptr, [1, 0x61]),
            (.ptr, [1, 0x61, 0, 0]), (.cname, [3, 0x61]),
        ] as [(DNSRecordType, [UInt8])])
    func malformed(_ type: DNSRecordType, _ data: [UInt8]) async throws {
        let (resolver, server) = try resolver(deadline: .seconds(2)) { name, _ in
            .records([.init(name, type.rawValue, data)])
        }
        defer { server.stop() }
        await #expect(throws: DNSFailure.self) { try await resolver.answer(question("a.example", type)) }
    }

    // MARK: Configuration

    @Test("answers from local data, aliases too")
    func localData() async throws {
        var configuration = UnboundConfiguration()
        configuration.upstream = .forwarders([.init(.v4(0x7F00_0001), port: 9)])
        configuration.localZones = [try DNSName("example")]
        configuration.localData = [
            "mail.example. 60 IN A 192.0.2.1", "www.example. IN CNAME web.example.",
            "web.example. IN CNAME mail.example.",
            "loop.example. IN CNAME pool.example.", "pool.example. IN CNAME loop.example.",
            #"mail.example. IN TXT "v=spf1 -all""#, "example. IN MX 0 .",
        ]
        let resolver = try UnboundResolver(configuration)
        #expect(
            try await resolver.answer(question("mail.example", .txt)).records == [.txt([Array("v=spf1 -all".utf8)])])
        #expect(try await resolver.answer(question("example", .mx)).records == [.mx(preference: 0, exchange: .root)])
        let answer = try await resolver.answer(question("www.example", .a))
        #expect(answer.records == [.address(.v4(0xC000_0201))])
        #expect(answer.canonicalName == (try DNSName("mail.example")))
        #expect(try await resolver.answer(question("www.example", .aaaa)).outcome == .noData)
        #expect(try await resolver.answer(question("other.example", .a)).outcome == .nonexistent)
        await #expect(throws: DNSFailure.self) { try await resolver.answer(question("loop.example", .a)) }
    }

    @Test(
        "says what is wrong with its configuration",
        arguments: [
            "no forwarder", "local data \"what?\"", "trust anchors in /does/not/exist: No such",
            "option \"no-such\" with \"1\"",
        ])
    func mistakes(_ wanted: String) {
        var configuration = UnboundConfiguration()
        switch wanted.prefix(5) {
        case "no fo": configuration.upstream = .forwarders([])
        case "local": configuration.localData = ["what?"]
        case "trust": configuration.trustAnchorFile = "/does/not/exist"
        default: configuration.options = ["no-such": "1"]
        }
        do throws(UnboundError) {
            _ = try UnboundResolver(configuration)
            Issue.record("nothing was said")
        } catch {
            #expect(error.description.contains(wanted), "\(error)")
        }
    }
}
#endif
