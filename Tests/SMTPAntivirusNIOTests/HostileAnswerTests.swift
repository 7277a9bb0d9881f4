import NIOCore
import SMTPAntivirus
import SMTPSecurityTesting
import Testing

@testable import SMTPAntivirusNIO

struct HostileAnswerTests {
    static let clamdAnswers: [String] = [
        "\0", "garbage\0", "stream: OK\0", "2: stream: OK\0", "01: stream: OK\0", "1:stream: OK\0", " 1: stream: OK\0",
        "1: stream: OK \0", "1: stream: ok\0", "1: stream: OK\n\0", "1: stream: FOUND\0", "1: stream:  FOUND\0",
        "1: OK\0", "1: stream: OK\01: stream: OK\0", "1: stream: OK\0\0", "1: stream: OK FOUND ", "1: PONG\0",
        "1: stream: \(String(repeating: "x", count: 5_000)) FOUND\0", "HTTP/1.1 200 OK\r\n\r\n\0", "1: stream: OK",
    ]

    @Test("clamd's answers that are none", arguments: clamdAnswers)
    func clamd(_ text: String) {
        for part in [[Array(text.utf8)], text.utf8.map { [$0] }] {
            var driver = ExchangeDriver(ClamdExchange(TestSamples.hello, number: 1))
            for piece in part { driver.receive(piece) }
            driver.exchange.end(.unavailable("gone"))
            #expect(driver.outcome?.reply.failure?.name == "unavailable")
            #expect(driver.outcome?.isReusable == false)
            #expect((driver.outcome?.reply.failure?.description.utf8.count ?? 0) < 200)
        }
    }

    static let message = ICAPExchangeTests.message(body: "5\r\nhello\r\n0\r\n\r\n")
    static let head = "ICAP/1.0 204 No\r\n"

    static let icapAnswers: [String] = [
        "\r\n\r\n", "garbage\r\n\r\n", "HTTP/1.1 204 No\r\n\r\n", "ICAP/1.1 204 No\r\n\r\n", "ICAP/1.0  204\r\n\r\n",
        "ICAP/1.0 2040\r\n\r\n", "ICAP/1.0 099\r\n\r\n", "ICAP/1.0 204\n\n", "ICAP/1.0 204 a\rb\r\n\r\n",
        "ICAP/1.0 204 a\0b\r\n\r\n", "ICAP/1.0 100 Continue\r\n\r\n", "ICAP/1.0 101 No\r\n\r\n",
        "ICAP/1.0 206 Partial\r\n\r\n", "ICAP/1.0 302 Away\r\n\r\n", "\(head) folded: x\r\n\r\n",
        "\(head)no field\r\n\r\n",
        "\(head): x\r\n\r\n", "\(head)a b: x\r\n\r\n", "\(head)a : x\r\n\r\n", "\(head)\r\n\(head)\r\n", "\(head)\r\nx",
        "\(head)Encapsulated: res-body=0\r\n\r\n", "\(head)Encapsulated: null-body=1\r\n\r\n",
        head + String(repeating: "a: b\r\n", count: 101) + "\r\n",
        head + "a: " + String(repeating: "x", count: 20_000) + "\r\n\r\n",
        head + String(repeating: "a: \(String(repeating: "x", count: 500))\r\n", count: 50) + "\r\n",
        "ICAP/1.0 204 " + String(repeating: "x", count: 2_000) + "\r\n\r\n",
        "ICAP/1.0 200 OK\r\n\r\n", "ICAP/1.0 200 OK\r\nEncapsulated: null-body=0\r\n\r\n",
        "ICAP/1.0 200 OK\r\nEncapsulated: res-body=0\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "ICAP/1.0 200 OK\r\nEncapsulated: opt-body=0\r\n\r\n0\r\n\r\n",
        message + message, message + "x",
        message.replacing("Encapsulated: ", with: "Encapsulated: res-hdr=0, "),
        message.replacing("Encapsulated: ", with: "Encapsulated: null-body=0\r\nEncapsulated: "),
        message.replacing("res-hdr=0", with: "res-hdr=1"), message.replacing("res-hdr=0", with: "res-hdr=-0"),
        message.replacing("res-hdr=0", with: "req-hdr=0"), message.replacing("res-body=", with: "res-body=99999"),
        message.replacing("res-body=", with: "res-body=99999999999999999999"),
        message.replacing("res-body=", with: "res-body=1"), message.replacing("res-body=", with: "res-body=x"),
        message.replacing("res-body=", with: "req-body="), message.replacing("res-body=", with: "opt-body="),
        message.replacing("HTTP/1.1 200", with: "HTTP/2.0 200"),
        message.replacing("HTTP/1.1 200", with: "HTTP/1.1 2x0"),
        message.replacing("\r\n5\r\n", with: "\r\n-5\r\n"), message.replacing("\r\n5\r\n", with: "\r\n\r\n"),
        message.replacing("\r\n5\r\n", with: "\r\n0x5\r\n"), message.replacing("\r\n5\r\n", with: "\r\n4\r\n"),
        message.replacing("\r\n5\r\n", with: "\r\nFFFFFFFFFFFFFFFFF\r\n"),
        message.replacing("\r\n5\r\n", with: "\r\n7FFFFFFFFFFFFFFF\r\n"),
        message.replacing("\r\n5\r\n", with: "\r\n5;" + String(repeating: "x", count: 2_000) + "\r\n"),
        message.replacing("\r\n0\r\n", with: "\r\n0\r\n" + String(repeating: "a: b\r\n", count: 101)),
        message.replacing("\r\n0\r\n", with: "\r\n0\r\nno field\r\n"),
        message.replacing("\r\n0\r\n", with: "\r\n00000000000000000\r\n"),
    ]

    @Test("Answers of ICAP that are none", arguments: icapAnswers)
    func icap(_ text: String) throws {
        for part in [[Array(text.utf8)], text.utf8.map { [$0] }] {
            var driver = ExchangeDriver(try ICAPExchangeTests.exchange(.init("", [], .clean)))
            for piece in part { driver.receive(piece) }
            driver.exchange.end(.unavailable("gone"))
            #expect(driver.outcome?.reply.failure?.name == "unavailable", "\(String(describing: driver.outcome))")
            #expect(driver.outcome?.isReusable == false)
            #expect((driver.outcome?.reply.failure?.description.utf8.count ?? 0) < 200)
        }
    }

    static let wrongOrders: [(String, preview: Int?, allowsNoContent: Bool)] = [
        ("ICAP/1.0 204 No\r\n\r\n", nil, false),
        ("ICAP/1.0 100 Continue\r\n\r\n", 5, true),
        ("ICAP/1.0 100 Continue\r\n\r\nICAP/1.0 204 No\r\n\r\n", 2, true),
        ("ICAP/1.0 100 Continue\r\n\r\nICAP/1.0 100 Continue\r\n\r\n", 2, true),
    ]

    @Test("Answers of ICAP at the wrong place", arguments: wrongOrders)
    func wrongOrder(_ text: String, _ preview: Int?, _ allowsNoContent: Bool) throws {
        var options = ICAPOptions()
        options.preview = preview
        options.allowsNoContent = allowsNoContent
        var driver = ExchangeDriver(
            ICAPExchange(ScanSample(Array("hello".utf8)), url: try TestSamples.url(), options: options))
        driver.receive(text.utf8)
        #expect(driver.outcome?.reply.failure?.name == "unavailable")
    }

    @Test("After 100 a service may say 204 only if that is allowed", arguments: [true, false])
    func noContentAfterContinue(_ isAllowed: Bool) throws {
        var options = ICAPOptions()
        options.preview = 2
        options.allowsNoContent = isAllowed
        var driver = ExchangeDriver(ICAPExchange(TestSamples.hello, url: try TestSamples.url(), options: options))
        driver.receive("ICAP/1.0 100 Continue\r\n\r\n".utf8)
        driver.receive("ICAP/1.0 204 No\r\n\r\n".utf8)
        #expect(driver.verdict == (isAllowed ? .clean : .unscanned(.unavailable("ICAP 204 was not allowed"))))
    }

    @Test("Answers before there was a request", arguments: ["ICAP/1.0 204 No\r\n\r\n", message, "1: stream: OK\0"])
    func unasked(_ text: String) throws {
        let exchanges: [any ScannerExchange] = [
            try ICAPExchangeTests.exchange(.init("", [], .clean)), ClamdExchange(TestSamples.hello, number: 1),
            ICAPOptionsExchange(try TestSamples.url(), method: .responseModification), ClamdVersionExchange(),
        ]
        for var exchange in exchanges {
            exchange.receive(ByteBuffer(string: text))
            exchange.end(.unavailable("gone"))
            #expect(exchange.outcome?.reply.failure?.name == "unavailable")
        }
    }

    @Test("An endless answer is given up")
    func endless() throws {
        let piece = [UInt8](repeating: 0x61, count: 1_000)
        for (exchange, begin) in [
            (ClamdExchange(TestSamples.hello, number: 1), ""),
            (try ICAPExchangeTests.exchange(.init("", [], .clean)), ""),
            (try ICAPExchangeTests.exchange(.init("", [], .clean)), Self.head),
            (
                try ICAPExchangeTests.exchange(.init("", [], .clean)),
                String(Self.message.prefix(Self.message.count - 4)) + "\r\n"
            ),
        ] as [(any ScannerExchange, String)] {
            var driver = ExchangeDriver(exchange)
            driver.receive(begin.utf8)
            var pieces = 0
            while driver.outcome == nil, pieces < 100 {
                driver.receive(piece)
                pieces += 1
            }
            #expect(pieces <= 17)
            #expect(driver.outcome?.reply.failure?.name == "unavailable")
        }
    }

    // MARK: Generated

    /// Changes a few octets: others, more, less, or a piece from elsewhere.
    static func mutated(_ octets: [UInt8], _ generator: inout Generator) -> [UInt8] {
        var octets = octets
        for _ in 0..<Int.random(in: 1...3, using: &generator) where !octets.isEmpty {
            let index = Int.random(in: 0..<octets.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: octets[index] = UInt8.random(in: 0...255, using: &generator)
            case 1: octets.remove(at: index)
            case 2: octets.insert([0, 9, 10, 13, 32, 48, 58, 59][Int.random(in: 0..<8, using: &generator)], at: index)
            case 3: octets.removeSubrange(index...)
            default:
                let end = Int.random(in: index...min(octets.count, index + 20), using: &generator)
                octets.insert(contentsOf: octets[index..<end], at: index)
            }
        }
        return octets
    }

    @Test("No generated answer of clamd is clean by mistake")
    func generatedClamdAnswers() {
        var generator = Generator(seed: 1)
        let clean = Array("1: stream: OK\0".utf8)
        var verdicts: [String: Int] = [:]
        for _ in 0..<Generator.cases(20_000) {
            let base = ClamdExchangeTests.answers.randomElement(using: &generator)?.0 ?? ""
            let octets = Self.mutated(Array("1: \(base)\0".utf8), &generator)
            var driver = ExchangeDriver(ClamdExchange(TestSamples.hello, number: 1))
            for piece in generator.pieces(of: octets) { driver.receive(piece) }
            driver.exchange.end(.unavailable("gone"))
            if driver.verdict == .clean, octets != clean { Issue.record("clean: \(octets)") }
            verdicts["\(driver.outcome?.reply.failure?.name ?? "none")", default: 0] += 1
        }
        #expect(verdicts.keys.contains("unavailable") && verdicts.keys.contains("none"))
    }

    /// Whether an answer is clean by another reading of it.
    static func isClean(_ octets: [UInt8]) -> Bool {
        guard let text = ICAPText(octets) else { return false }
        if text.startLine.hasPrefix("ICAP/1.0 204") { return text.bodies.isEmpty && text.sections.isEmpty }
        let status = text.sections.first?.text ?? ""
        return text.startLine.hasPrefix("ICAP/1.0 200") && text.bodies == [Array("hello".utf8)]
            && (status.hasPrefix("HTTP/1.1 200") || status.hasPrefix("HTTP/1.0 200") || status.hasPrefix("POST "))
    }

    @Test("No generated answer of ICAP is clean by mistake")
    func generatedICAPAnswers() throws {
        var generator = Generator(seed: 2)
        var counts: [String: Int] = [:]
        for _ in 0..<Generator.cases(20_000) {
            guard let answer = ICAPExchangeTests.answers.randomElement(using: &generator) else { return }
            var driver = ExchangeDriver(try ICAPExchangeTests.exchange(answer))
            for part in answer.parts.dropLast() { driver.receive(part.utf8) }
            let octets = Self.mutated(Array((answer.parts.last ?? "").utf8), &generator)
            for piece in generator.pieces(of: octets) { driver.receive(piece) }
            driver.exchange.end(.unavailable("gone"))
            if driver.verdict == .clean, !Self.isClean(octets) {
                Issue.record("clean: \(String(decoding: octets, as: UTF8.self))")
            }
            counts[driver.verdict == .clean ? "clean" : driver.outcome?.reply.failure?.name ?? "found", default: 0] += 1
        }
        #expect(counts.keys.contains("clean") && counts.keys.contains("found") && counts.keys.contains("unavailable"))
    }
}
