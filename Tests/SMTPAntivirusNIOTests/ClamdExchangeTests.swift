import NIOCore
import SMTPAntivirus
import Testing

@testable import SMTPAntivirusNIO

struct ClamdExchangeTests {
    static let answers: [(String, ScannerReply, Bool)] = [
        ("stream: OK", .verdict(.clean, signatureVersion: nil), true),
        ("stream: Eicar FOUND", .verdict(.infected("Eicar"), signatureVersion: nil), true),
        ("stream: A B(00:1) FOUND", .verdict(.infected("A B(00:1)"), signatureVersion: nil), true),
        ("stream: X\u{1}\u{e9} FOUND", .verdict(.infected("X???"), signatureVersion: nil), true),
        (
            "stream: Heuristics.Encrypted.Zip FOUND",
            .verdict(.unscanned(.encrypted("Heuristics.Encrypted.Zip")), signatureVersion: nil), true
        ),
        (
            "stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND",
            .verdict(.unscanned(.deadline), signatureVersion: nil), true
        ),
        ("INSTREAM size limit exceeded. ERROR", .failure(.tooLarge), false),
        ("stream: Time limit reached ERROR", .failure(.deadline), false),
        ("COMMAND READ TIMED OUT ERROR", .failure(.deadline), false),
        (
            "stream: Can't allocate memory ERROR", .failure(.unavailable("clamd: stream: Can't allocate memory")), false
        ),
    ]

    @Test("An answer means the same however it is cut", arguments: answers)
    func cutAnswers(_ text: String, _ reply: ScannerReply, _ isReusable: Bool) {
        let sample = ScanSample([1, 2, 3])
        for number in [1, 12, nil] {
            let prefix = number.map { "\($0): " } ?? ""
            let outcomes = ExchangeDriver.outcomes(
                of: ClamdExchange(sample, number: number), for: [Array("\(prefix)\(text)\0".utf8)])
            #expect(outcomes.count > text.utf8.count)
            let expected = ScannerOutcome(reply: reply, isReusable: isReusable && number != nil)
            #expect(outcomes.allSatisfy { $0 == expected }, "\(outcomes.first ?? nil)")
        }
    }

    @Test("A sample is sent in chunks", arguments: TestSamples.counts, [nil, 1, 2])
    func sending(_ count: Int, _ number: Int?) {
        let octets = TestSamples.octets(count)
        let driver = ExchangeDriver(ClamdExchange(ScanSample(octets), number: number))
        var rest = ByteBuffer(bytes: driver.sent)
        if number == 1 { #expect(rest.readString(length: 11) == "zIDSESSION\0") }
        #expect(rest.readString(length: 10) == "zINSTREAM\0")
        var received: [UInt8] = []
        while let length = rest.readInteger(as: UInt32.self), length > 0 {
            received += rest.readBytes(length: Int(length)) ?? []
        }
        #expect(received == octets)
        #expect(rest.readableBytes == 0)
        #expect(driver.sent.suffix(4) == [0, 0, 0, 0])
        #expect(driver.pieces.allSatisfy { $0 <= 65_536 })
        #expect(driver.outcome == nil)
    }

    @Test("An early error stops the sending")
    func earlyError() {
        var exchange = ClamdExchange(ScanSample(TestSamples.octets(200_000)), number: 1)
        #expect(exchange.nextOutput()?.readableBytes == 65_536 - 4)
        exchange.receive(ByteBuffer(string: "1: INSTREAM size limit exceeded. ERROR\0"))
        #expect(exchange.nextOutput() == nil)
        #expect(exchange.outcome == ScannerOutcome(reply: .failure(.tooLarge)))
    }

    @Test("A verdict before the end of the sample is none", arguments: ["OK", "Eicar FOUND"])
    func earlyVerdict(_ text: String) {
        for pieces in 0...1 {
            var exchange = ClamdExchange(ScanSample(TestSamples.octets(200_000)), number: 1)
            for _ in 0..<pieces { #expect(exchange.nextOutput() != nil) }
            exchange.receive(ByteBuffer(string: "1: stream: \(text)\0"))
            #expect(exchange.outcome == .unavailable("clamd answers before it has the sample"))
        }
    }

    @Test("The end of the connection is no verdict")
    func end() {
        var exchange = ClamdExchange(TestSamples.hello, number: 1)
        exchange.receive(ByteBuffer(string: "1: stream: OK"))
        exchange.end(.unavailable("gone"))
        #expect(exchange.outcome == .unavailable("gone"))
        exchange.end(.deadline)
        #expect(exchange.outcome == .unavailable("gone"))
    }

    static let versions: [(String, String, Int?, String?)] = [
        ("ClamAV 1.4.6", "ClamAV 1.4.6", nil, nil),
        (
            "ClamAV 1.4.6/27000/Mon Jul 29 08:32:37 2024", "ClamAV 1.4.6", 27_000,
            "Mon Jul 29 08:32:37 2024"
        ),
        ("ClamAV 0.103.2/26000", "ClamAV 0.103.2", 26_000, nil),
    ]

    @Test("What clamd says that it is", arguments: versions)
    func version(_ text: String, _ engine: String, _ database: Int?, _ date: String?) throws {
        var driver = ExchangeDriver(ClamdVersionExchange())
        #expect(driver.sent == Array("zVERSION\0".utf8))
        driver.receive("\(text)\0".utf8)
        guard case .version(let version)? = driver.outcome?.reply else {
            Issue.record("no version: \(String(describing: driver.outcome))")
            return
        }
        #expect(version.engine == engine)
        #expect(version.database == database)
        #expect(version.date == date)
        #expect(version.description == text)
        let outcomes = ExchangeDriver.outcomes(of: ClamdVersionExchange(), for: [Array("\(text)\0".utf8)])
        #expect(outcomes.allSatisfy { $0 == ScannerOutcome(reply: .version(version)) })
    }

    @Test(
        "What is no version",
        arguments: ["", "ClamAV ", "clamd 1", "ClamAV 1/x/y", "ClamAV 1/-1", "ClamAV 1/9999999999", "ClamAV 1\n"])
    func noVersion(_ text: String) {
        var driver = ExchangeDriver(ClamdVersionExchange())
        driver.receive("\(text)\0".utf8)
        #expect(
            driver.outcome
                == .unavailable("clamd's version is not understood: \(text.replacing("\n", with: "?"))"))
    }
}
