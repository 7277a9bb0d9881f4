import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Generated responses of AUTH")
struct GeneratedAuthenticationTests {
    /// What RFC 4954 §4 says a line is.
    private static func read(_ line: [UInt8]) -> AuthenticationResponse? {
        if line.isEmpty { return .empty }
        if line == [0x2A] { return .cancel }
        return line.count + 2 <= 12_288 && ReferenceValue.isBase64(line) ? .encoded : nil
    }

    @Test("are read as the reference reads them, wherever they stand")
    func generatedResponses() {
        var lines = CommandLineGenerator(seed: 0x4954)
        for number in 0..<Generator.cases(1_500) {
            var line = lines.base64(lines.random.length(upTo: 140))
            if number % 1_000 == 0 { line = lines.base64(3_070 + lines.random.below(4)) }
            if lines.random.once(in: 3) { line = lines.random.mutate(line, or: Array("*".utf8)) }
            let offset = lines.random.below(18)
            let after = Array(lines.random.pick(["", "=", "==", "AAAA", "\r\n", "********************"]).utf8)
            let input = Array(repeating: UInt8(0x41), count: offset) + line + after
            let span = input.span.extracting(offset..<(offset + line.count))
            if AuthenticationResponse(parsing: span) != Self.read(line) { Issue.record("\(Evidence(line.span))") }
        }
    }
}
