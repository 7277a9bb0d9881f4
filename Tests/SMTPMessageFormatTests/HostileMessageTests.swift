import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Hostile messages")
struct HostileMessageTests {
    private static let mime = "From: a@b\r\nMIME-Version: 1.0\r\n"

    /// Events are counted only: there may be millions.
    private struct Count {
        var fields = 0
        var parts = 0
        var octets = 0
        var longestField = 0
        var kinds: Set<Anomaly.Kind> = []
        var depth = 0
        var deepest = 0

        init(_ message: [UInt8], limits: WalkerLimits = WalkerLimits()) {
            var walker = MessageWalker(limits: limits)
            var index = 0
            while index < message.count {
                let end = min(message.count, index + 65_536)
                walker.walk(message.span.extracting(index..<end)) { add($0) }
                index = end
            }
            walker.finish { add($0) }
        }

        private mutating func add(_ event: MessageEvent) {
            switch event {
            case .field(let field):
                fields += 1
                longestField = max(longestField, field.body.count)
            case .begin:
                parts += 1
                depth += 1
                deepest = max(deepest, depth)
            case .content(let octets, _): self.octets += octets.count
            case .anomaly(let anomaly, _): kinds.insert(anomaly.kind)
            case .end: depth -= 1
            case .messageEnd: break
            }
        }
    }

    private static func filled(_ begin: String, _ piece: String, _ count: Int) -> [UInt8] {
        var message = Array(begin.utf8)
        let piece = Array(piece.utf8)
        message.reserveCapacity(message.count + count * piece.count)
        for _ in 0..<count { message += piece }
        return message
    }

    @Test("a header of 10 MB is read with a field of 64 KiB at most, and that is told")
    func longHeader() {
        let count = Count(Self.filled("X: ", "x", 10_000_000))
        #expect(count.fields == 1)
        #expect(count.longestField <= 65_536)
        #expect(count.kinds.isSuperset(of: [.fieldLength, .headerLength, .headerLineLength]))
    }

    @Test("a million fields are told one by one")
    func manyFields() {
        let count = Count(Self.filled("", "a:b\r\n", 1_000_000))
        #expect(count.fields == 1_000_000)
        #expect(count.kinds == [.headerLength])
    }

    @Test("a hundred thousand boundaries make as many parts as the limit has")
    func manyBoundaries() {
        let message = Self.filled(
            Self.mime + "Content-Type: multipart/mixed; boundary=b\r\n\r\n", "--b\r\n\r\nx\r\n", 100_000)
        let count = Count(message)
        #expect(count.parts == 10_000)
        #expect(count.kinds.contains(.partCount))
        #expect(count.deepest == 2)
    }

    @Test("boundaries without end are bounded in number and in length")
    func longBoundaries() {
        let many = (0..<100).map { "boundary=b\($0)" }.joined(separator: "; ")
        let parts = Self.filled(Self.mime + "Content-Type: multipart/mixed; \(many)\r\n\r\n", "--b1\r\n\r\nx\r\n", 10)
        let count = Count(parts)
        #expect(count.parts == 11)
        #expect(count.kinds.isSuperset(of: [.severalBoundaries, .duplicateParameter]))
        var nested = Self.mime
        for level in 0..<40 {
            let boundary = String(repeating: "x", count: 900) + "\(level)"
            nested += "Content-Type: multipart/mixed; boundary=\(boundary)\r\n\r\n--\(boundary)\r\n"
        }
        #expect(Count(Array(nested.utf8)).kinds.isSuperset(of: [.boundaryCount, .boundarySyntax]))
    }

    @Test("nesting ends at the limit, and content goes on")
    func depth() {
        var message = Self.mime
        for level in 0..<300 { message += "Content-Type: multipart/mixed; boundary=b\(level)x\r\n\r\n--b\(level)x\r\n" }
        let count = Count(Array((message + "\r\nhello\r\n").utf8))
        #expect(count.deepest == 51)
        #expect(count.kinds.contains(.depth))
        #expect(count.octets > 1_000)
    }

    @Test("no octet of content is lost, whatever comes", arguments: [0, 1, 3, 100, 5_000])
    func nothingIsLost(_ count: Int) {
        var random = Generator(seed: 5_322)
        let letters = Array("-=ab \t\r\n.".utf8)
        for _ in 0..<20 {
            let content = (0..<count).map { _ in letters.randomElement(using: &random) ?? 0 }
            let message = WalkedMessage(Array("X: y\r\n\r\n".utf8) + content)
            #expect(message["0"]?.content[.sevenBit] ?? [] == content)
        }
    }

    @Test("generated messages have the same events however they are cut")
    func generated() {
        var random = Generator(seed: 2_046)
        let words = [
            "Content-Type: ", "multipart/mixed; ", "boundary=b", "boundary=\"b c\"", "; ", "message/rfc822",
            "text/plain",
            "Content-Transfer-Encoding: ", "base64", "quoted-printable", "x-uuencode", "\r\n", "\r\n", "\r\n",
            "\r\n\r\n", "--b",
            "--b--", "--b c", "--", "begin 644 x\r\n", "#86)C\r\n", "`\r\nend\r\n", "=ybegin line=1 size=1 name=x\r\n",
            "=yend\r\n",
            "=\r\n", "=41", "QUJD", "====", "\r", "\n", "\0", " ", "\t", ":", "From: ", "a@b", "X", "(", "\"", "é",
            "MIME-Version: 1.0\r\n",
        ]
        // Each is walked through twice: at full length a quarter takes as long as the cases of a field.
        for _ in 0..<max(2_000, Generator.cases(2_000) / 4) {
            var message: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &random) {
                message += Array((words.randomElement(using: &random) ?? "").utf8)
            }
            let whole = WalkedMessage(message)
            let haveEnded = whole.parts.allSatisfy { $0.hasEnded }
            #expect(haveEnded)
            #expect(whole.count == message.count)
            let cut = WalkedMessage(random.pieces(of: message).map { Array($0) })
            if cut.events != whole.events {
                Issue.record(
                    "\(String(decoding: message, as: UTF8.self).debugDescription): \(cut.events.difference(from: whole.events))"
                )
                return
            }
            let offsets = whole.parts.flatMap { $0.anomalies.map(\.offset) }
            let areInside = offsets.allSatisfy { (0...message.count).contains($0) }
            #expect(areInside)
        }
    }
}
