import NIOCore
import SMTPAntivirus
import Testing

@testable import SMTPAntivirusNIO

struct ICAPExchangeTests {
    /// An answer to a sample of `hello`.
    struct Answer: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let parts: [String]
        let verdict: ScanVerdict
        var isReusable = true
        var preview: Int?
        var method = ICAPConfiguration.Method.responseModification

        init(
            _ name: String, _ parts: [String], _ verdict: ScanVerdict, isReusable: Bool = true, preview: Int? = nil,
            method: ICAPConfiguration.Method = .responseModification
        ) {
            testDescription = name
            self.parts = parts
            self.verdict = verdict
            self.isReusable = isReusable
            self.preview = preview
            self.method = method
        }
    }

    static let found = "ICAP/1.0 200 OK\r\nISTag: \"T-1\"\r\n"
    static let page = "HTTP/1.0 403 Forbidden\r\nServer: C-ICAP\r\n\r\n"
    static let same = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nVia: x\r\n\r\n"

    /// An answer with a message of HTTP.
    static func message(
        _ head: String = found, _ http: String = same, body: String, header: String = "res-hdr",
        kind: String = "res-body"
    ) -> String {
        "\(head)Encapsulated: \(header)=0, \(kind)=\(http.utf8.count)\r\n\r\n\(http)\(body)"
    }

    static let answers: [Answer] = [
        Answer("204", ["ICAP/1.0 204 Unmodified\r\nISTag: \"T-1\"\r\n\r\n"], .clean),
        Answer("204 without a reason", ["ICAP/1.0 204\r\nIstag: \"T-1\"\r\nEncapsulated: null-body=0\r\n\r\n"], .clean),
        Answer(
            "204, closing", ["ICAP/1.0 204 OK\r\nISTag: T-1\r\nConnection: x, Close\r\n\r\n"], .clean,
            isReusable: false),
        Answer("200 with the same", [message(body: "5\r\nhello\r\n0\r\n\r\n")], .clean),
        Answer(
            "chunks with extensions and trailers",
            [message(body: "1;a=b\r\nh\r\n000004 ; \"x\"\r\nello\r\n0;end\r\nX-Trailer: 1\r\n folded\r\n\r\n")], .clean),
        Answer(
            "infected",
            [
                message(
                    found + "X-Infection-Found: Type=0; Resolution=2; Threat=Eicar.A;\r\n", page,
                    body: "3\r\nbad\r\n0\r\n\r\n")
            ], .infected("Eicar.A")),
        Answer(
            "infected, the same body",
            [message(found + "X-Virus-ID: Eicar\r\n", body: "5\r\nhello\r\n0\r\n\r\n")], .infected("Eicar")),
        Answer(
            "folded violations",
            [
                message(
                    found + "X-Violations-Found: 1\r\n\t-\r\n\tEicar-X\r\n\t0\r\n\t0\r\n", page, body: "0\r\n\r\n",
                    kind: "res-body")
            ], .infected("Eicar-X")),
        Answer(
            "no violations",
            [message(found + "X-Violations-Found: 0\r\n", body: "5\r\nhello\r\n0\r\n\r\n")], .clean),
        Answer(
            "infected by a trailer",
            [message(body: "5\r\nhello\r\n0\r\nX-Infection-Found: Threat=Late\r\n\r\n")], .infected("Late")),
        Answer(
            "infected, 204", ["ICAP/1.0 204 No\r\nISTag: T-1\r\nX-Infection-Found: Threat=Seen;\r\n\r\n"],
            .infected("Seen"), isReusable: false),
        Answer(
            "infected, 403", ["ICAP/1.0 403 No\r\nISTag: T-1\r\nX-Virus-ID: \r\n\r\n"], .infected("found by icap"),
            isReusable: false),
        Answer(
            "encrypted",
            [message(found + "X-Virus-ID: Heuristics.Encrypted.Zip\r\n", page, body: "", kind: "null-body")],
            .unscanned(.encrypted("Heuristics.Encrypted.Zip"))),
        Answer(
            "another status", [message(found, page, body: "5\r\nhello\r\n0\r\n\r\n")], .infected("modified by icap")),
        Answer("another body", [message(body: "5\r\nhellO\r\n0\r\n\r\n")], .infected("modified by icap")),
        Answer("a shorter body", [message(body: "4\r\nhell\r\n0\r\n\r\n")], .infected("modified by icap")),
        Answer("a longer body", [message(body: "6\r\nhello!\r\n0\r\n\r\n")], .infected("modified by icap")),
        Answer("no body", [message(body: "", kind: "null-body")], .infected("modified by icap")),
        Answer(
            "preview, then all",
            ["ICAP/1.0 100 Continue\r\n\r\n", "ICAP/1.0 204 No\r\nISTag: T-1\r\n\r\n"], .clean, preview: 2),
        Answer(
            "preview of nothing, then the same",
            ["ICAP/1.0 100 Continue\r\nISTag: x\r\n\r\n", message(body: "5\r\nhello\r\n0\r\n\r\n")], .clean, preview: 0),
        Answer("preview is enough", ["ICAP/1.0 204 No\r\nISTag: T-1\r\n\r\n"], .clean, preview: 4),
        Answer("preview of all", ["ICAP/1.0 204 No\r\nISTag: T-1\r\n\r\n"], .clean, preview: 5),
        Answer(
            "preview is infected",
            [message(found + "X-Virus-ID: A\r\n", page, body: "1\r\nx\r\n0\r\n\r\n")], .infected("A"), preview: 4),
        Answer(
            "request, the same",
            [
                message(
                    found, "POST http://smtp.invalid/message HTTP/1.1\r\nVia: x\r\n\r\n",
                    body: "5\r\nhello\r\n0\r\n\r\n",
                    header: "req-hdr", kind: "req-body")
            ], .clean, method: .requestModification),
        Answer(
            "request, another one",
            [
                message(
                    found, "GET http://smtp.invalid/other HTTP/1.1\r\n\r\n", body: "", header: "req-hdr",
                    kind: "null-body")
            ], .infected("modified by icap"), method: .requestModification),
        Answer(
            "request, answered", [message(body: "5\r\nhello\r\n0\r\n\r\n")], .infected("modified by icap"),
            method: .requestModification),
    ]

    static func exchange(_ answer: Answer, sample: ScanSample = TestSamples.hello) throws -> ICAPExchange {
        var options = ICAPOptions()
        options.allowsNoContent = true
        options.preview = answer.preview
        var configuration = ICAPConfiguration()
        configuration.method = answer.method
        return ICAPExchange(sample, url: try TestSamples.url(), options: options, configuration: configuration)
    }

    @Test("An answer means the same however it is cut", arguments: answers)
    func cutAnswers(_ answer: Answer) throws {
        let outcomes = ExchangeDriver.outcomes(
            of: try Self.exchange(answer), for: answer.parts.map { Array($0.utf8) })
        let expected = ScannerOutcome(
            reply: .verdict(answer.verdict, signatureVersion: "T-1"), isReusable: answer.isReusable)
        #expect(outcomes.count > 10)
        for outcome in outcomes { #expect(outcome == expected) }
    }

    @Test("Half of an answer is none", arguments: answers.filter { $0.verdict == .clean })
    func truncated(_ answer: Answer) throws {
        let octets = answer.parts.map { Array($0.utf8) }
        for cut in 0..<(octets.last?.count ?? 0) {
            var driver = ExchangeDriver(try Self.exchange(answer))
            for part in octets.dropLast() { driver.receive(part) }
            driver.receive(octets[octets.count - 1][..<cut])
            driver.exchange.end(.unavailable("gone"))
            #expect(driver.outcome == .unavailable("gone"))
        }
    }

    static let failures: [(String, UnscannedReason)] = [
        ("ICAP/1.0 500 Server error\r\n\r\n", .unavailable("ICAP 500 Server error")),
        ("ICAP/1.0 404\r\n\r\n", .unavailable("ICAP 404")),
        ("ICAP/1.0 403 Forbidden\r\n\r\n", .unavailable("ICAP 403 Forbidden")),
        ("ICAP/1.0 413 Too large\r\n\r\n", .tooLarge),
    ]

    @Test("What is no verdict", arguments: failures)
    func noVerdicts(_ text: String, _ reason: UnscannedReason) throws {
        let exchange = ICAPExchange(TestSamples.hello, url: try TestSamples.url())
        let outcomes = ExchangeDriver.outcomes(of: exchange, for: [Array(text.utf8)])
        for outcome in outcomes { #expect(outcome == ScannerOutcome(reply: .failure(reason))) }
    }

    // MARK: Sending

    @Test(
        "A request is what the protocol has it",
        arguments: TestSamples.counts, [nil, 0, 4, 1_024, 500_000] as [Int?])
    func sending(_ count: Int, _ preview: Int?) throws {
        let octets = TestSamples.octets(count)
        for method in ICAPConfiguration.Method.allCases {
            let answer = Answer("", [], .clean, preview: preview, method: method)
            let sample = ScanSample(octets, name: "a b.zip", mediaType: "application/zip")
            var driver = ExchangeDriver(try Self.exchange(answer, sample: sample))
            let isHeldBack = preview.map { $0 < count } ?? false
            if isHeldBack {
                let shown = try #require(ICAPText(driver.sent))
                #expect(shown.bodies == [Array(octets.prefix(preview ?? 0))])
                #expect(shown.ends == ["0"])
                driver.receive("ICAP/1.0 100 Continue\r\n\r\n".utf8)
            }
            #expect(driver.outcome == nil)
            #expect(driver.pieces.allSatisfy { $0 <= 65_536 })
            let text = try #require(ICAPText(driver.sent))
            #expect(text.startLine == "\(method.rawValue) icap://127.0.0.1:1344/virus_scan?mode=simple ICAP/1.0")
            #expect(text.value("Host") == "127.0.0.1:1344")
            #expect(text.value("Allow") == "204")
            #expect(text.value("Preview") == preview.map(String.init))
            #expect(Array(text.bodies.joined()) == octets)
            #expect(text.ends == (isHeldBack ? ["0", "0"] : [preview == nil ? "0" : "0; ieof"]))
            let body = "Content-Type: application/zip\r\nContent-Length: \(count)\r\n\r\n"
            let target = "http://smtp.invalid/a%20b.zip HTTP/1.1\r\nHost: smtp.invalid\r\n"
            if method == .responseModification {
                #expect(text.sections.map(\.name) == ["req-hdr", "res-hdr"])
                #expect(text.sections.map(\.text) == ["GET \(target)\r\n", "HTTP/1.1 200 OK\r\n\(body)"])
            } else {
                #expect(text.sections.map(\.name) == ["req-hdr"])
                #expect(text.sections.map(\.text) == ["POST \(target)\(body)"])
            }
        }
    }

    static let names: [(String?, String)] = [
        (nil, "message"), ("", "message"), (".", "message"), ("..", "message"),
        ("a\r\nX-Evil: 1", "a%0D%0AX-Evil%3A%201"), ("../\u{0}/é?#%", "..%2F%00%2F%C3%A9%3F%23%25"),
        (String(repeating: "x", count: 300) + ".exe", String(repeating: "x", count: 96) + ".exe"),
    ]

    @Test("A file name does no harm", arguments: names)
    func fileNames(_ name: String?, _ expected: String) throws {
        let driver = ExchangeDriver(ICAPExchange(ScanSample([1], name: name), url: try TestSamples.url()))
        let text = try #require(ICAPText(driver.sent))
        #expect(
            text.sections.first?.text == "GET http://smtp.invalid/\(expected) HTTP/1.1\r\nHost: smtp.invalid\r\n\r\n")
        #expect(text.fields.map(\.name) == ["Host", "Encapsulated"])
    }

    @Test(
        "What is no media type is not sent",
        arguments: ["text", "text/", "/x", "a/b/c", "text/pl ain", "text/x\r\nX-Evil: 1", "text/é", "a/b; c=d"])
    func mediaTypes(_ mediaType: String) throws {
        let sample = ScanSample([1], mediaType: mediaType)
        let text = try #require(ICAPText(ExchangeDriver(ICAPExchange(sample, url: try TestSamples.url())).sent))
        #expect(
            text.sections.last?.text
                == "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 1\r\n\r\n")
    }

    @Test("What was found early stops the sending")
    func earlyFinding() throws {
        var exchange = ICAPExchange(ScanSample(TestSamples.octets(300_000)), url: try TestSamples.url())
        #expect(exchange.nextOutput() != nil)
        exchange.receive(
            ByteBuffer(string: "ICAP/1.0 200 OK\r\nX-Virus-ID: Early\r\nEncapsulated: null-body=0\r\n\r\n"))
        #expect(exchange.nextOutput() == nil)
        #expect(exchange.outcome?.reply.scanVerdict == .infected("Early"))
        #expect(exchange.outcome?.isReusable == false)
    }

    @Test("A service may begin to send the same back before it has all")
    func earlyBeginning() throws {
        let octets = TestSamples.octets(100_000)
        var exchange = ICAPExchange(ScanSample(octets), url: try TestSamples.url())
        #expect(exchange.nextOutput() != nil)
        exchange.receive(ByteBuffer(string: Self.message(body: "")))
        exchange.receive(ByteBuffer(string: "\(String(50_000, radix: 16))\r\n"))
        exchange.receive(ByteBuffer(bytes: octets[..<50_000] + [13, 10]))
        #expect(exchange.outcome == nil)
        while exchange.nextOutput() != nil {}
        exchange.receive(ByteBuffer(string: "\(String(50_000, radix: 16))\r\n"))
        exchange.receive(ByteBuffer(bytes: octets[50_000...] + Array("\r\n0\r\n\r\n".utf8)))
        #expect(exchange.outcome == ScannerOutcome(reply: .verdict(.clean, signatureVersion: "T-1"), isReusable: true))
    }

    @Test("A long message in place of the sample is not read to its end")
    func longPage() throws {
        var driver = ExchangeDriver(ICAPExchange(TestSamples.hello, url: try TestSamples.url()))
        driver.receive(Self.message(Self.found, Self.page, body: "10000000\r\n").utf8)
        for _ in 0..<65 { driver.receive([UInt8](repeating: 0x41, count: 1_024)) }
        #expect(
            driver.outcome
                == ScannerOutcome(reply: .verdict(.infected("modified by icap"), signatureVersion: "T-1")))
    }

    // MARK: OPTIONS

    @Test("What the service can do, however its answer is cut")
    func options() throws {
        let answer = """
            ICAP/1.0 200 OK\r\nMethods: RESPMOD,\r\n REQMOD\r\nISTag: "T-2"\r\nPreview: 1024\r\nAllow: 204, 206\r
            Options-TTL: 60\r\nMax-Connections: 3\r\nTransfer-Preview: *\r\nEncapsulated: null-body=0\r\n\r\n
            """
        let exchange = ICAPOptionsExchange(try TestSamples.url(), method: .requestModification)
        var expected = ICAPOptions()
        expected.preview = 1_024
        expected.allowsNoContent = true
        expected.lifetime = 60
        expected.maximumConnections = 3
        expected.serviceTag = "T-2"
        for outcome in ExchangeDriver.outcomes(of: exchange, for: [Array(answer.utf8)]) {
            #expect(outcome == ScannerOutcome(reply: .options(expected), isReusable: true))
        }
        #expect(
            ExchangeDriver(exchange).sent
                == Array(
                    "OPTIONS icap://127.0.0.1:1344/virus_scan?mode=simple ICAP/1.0\r\nHost: 127.0.0.1:1344\r\n\r\n".utf8
                ))
    }

    static let otherOptions: [(String, ScannerReply?, Bool)] = [
        ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\n\r\n", .options(ICAPOptions()), true),
        (
            "ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nPreview: 5\r\nTransfer-Complete: *\r\nEncapsulated: opt-body=0\r\n\r\n",
            .options(ICAPOptions()), false
        ),
        ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nConnection: close\r\n\r\n", .options(ICAPOptions()), false),
        ("ICAP/1.0 200 OK\r\nMethods: REQMOD\r\n\r\n", nil, false),
        ("ICAP/1.0 200 OK\r\n\r\n", nil, false),
        ("ICAP/1.0 404 No\r\nMethods: RESPMOD\r\n\r\n", nil, false),
        ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nPreview: -1\r\n\r\n", nil, false),
        ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nPreview: 99999999999999999999\r\n\r\n", nil, false),
        ("ICAP/1.0 200 OK\r\nMethods: RESPMOD\r\nEncapsulated: req-hdr=0, null-body=9\r\n\r\n", nil, false),
    ]

    @Test("What the service may say of itself", arguments: otherOptions)
    func readsOptions(_ text: String, _ reply: ScannerReply?, _ isReusable: Bool) throws {
        var driver = ExchangeDriver(ICAPOptionsExchange(try TestSamples.url(), method: .responseModification))
        driver.receive(text.utf8)
        let outcome = try #require(driver.outcome)
        if let reply { #expect(outcome.reply == reply) } else { #expect(outcome.reply.failure?.name == "unavailable") }
        #expect(outcome.isReusable == isReusable)
    }
}
