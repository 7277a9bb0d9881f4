import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// Repairs everything, refuses nothing: what the engine does by itself when no check refuses.
private let tolerant = CheckPipeline { EmptyCheckSequence() }

@Suite("No sequence of CR, LF, dot and NUL smuggles a message")
struct SmugglingTests {
    static let alphabet: [UInt8] = [0x0D, 0x0A, 0x2E, 0x00]
    /// The length of the sequences. All of length 7 take minutes without optimisation, so tests do that on request.
    static let longest = Generator.isFull ? 7 : 4

    /// All sequences of a length.
    static func sequences(_ length: Int) -> some Sequence<[UInt8]> {
        let total = 1 << (2 * length)
        return (0..<total).lazy.map { number in (0..<length).map { alphabet[number >> (2 * $0) & 3] } }
    }

    private static let forged =
        "MAIL FROM:<e@forged.example>\r\nRCPT TO:<v@upstream.example>\r\nDATA\r\nforged\r\n.\r\n"

    /// Reads octets as servers do that end lines in other ways, and counts the ends of data they would see.
    static func naiveEnds(_ octets: [UInt8]) -> [Int] {
        let text = octets.filter { $0 != 0 }
        let readers: [([UInt8]) -> [[UInt8]]] = [
            { $0.split(separator: 10, omittingEmptySubsequences: false).map(Array.init) },
            { $0.filter { $0 != 13 }.split(separator: 10, omittingEmptySubsequences: false).map(Array.init) },
            { $0.filter { $0 != 10 }.split(separator: 13, omittingEmptySubsequences: false).map(Array.init) },
            { octets in
                octets.split(whereSeparator: { $0 == 13 || $0 == 10 }).map(Array.init)
            },
        ]
        return readers.map { reader in
            reader(text).count { line in line.filter { $0 != 13 && $0 != 10 } == [0x2E] }
        }
    }

    private func harness() async throws -> ProxyHarness<EmptyCheckSequence> {
        let harness = try await ProxyHarness(tolerant)
        await harness.begin()
        for line in UpstreamMisbehaviourTests.lines.prefix(4) { await harness.send(line) }
        return harness
    }

    private func judge(
        _ harness: ProxyHarness<EmptyCheckSequence>, _ sequence: [UInt8], dataStart: Int
    ) {
        let octets = harness.upstream.received
        let data = Array(octets[dataStart...])
        var isCanonical = true
        for (index, octet) in data.enumerated() {
            if octet == 0 { isCanonical = false }
            if octet == 13, index + 1 == data.count || data[index + 1] != 10 { isCanonical = false }
            if octet == 10, index == 0 || data[index - 1] != 13 { isCanonical = false }
        }
        #expect(isCanonical, "\(Evidence(sequence.span))")
        #expect(harness.upstream.messages.count <= 1, "\(Evidence(sequence.span))")
        // Whatever its idea of a line end, no reader finds more than the one end that we wrote.
        for ends in Self.naiveEnds(data) { #expect(ends <= 1, "\(Evidence(sequence.span))") }
        #expect(
            !harness.upstream.commands.contains { $0.contains("forged") && $0.hasPrefix("MAIL") } || isRealEnd(sequence)
        )
    }

    /// Whether the sequence, after "x" CRLF, really ends the message, so that what follows is commands by right.
    private func isRealEnd(_ sequence: [UInt8]) -> Bool {
        let all = [13, 10] + sequence + [13, 10]
        return (0..<(all.count - 4)).contains { Array(all[$0..<($0 + 5)]) == [13, 10, 0x2E, 13, 10] }
    }

    @Test("whole: the server behind sees one message or none, and only canonical line ends", arguments: 1...longest)
    func whole(_ length: Int) async throws {
        for sequence in Self.sequences(length) {
            let harness = try await harness()
            let start = harness.upstream.received.count
            await harness.send(Array("x\r\n".utf8) + sequence + Array("\r\nMAIL FROM:<e@forged.example>\r\n.\r\n".utf8))
            if isRealEnd(sequence) {
                let end = harness.upstream.received.count
                #expect(end > start)
                #expect(harness.upstream.messages.count == 1)
                continue
            }
            judge(harness, sequence, dataStart: start)
            #expect(harness.upstream.messages.count == 1, "\(Evidence(sequence.span))")
        }
    }

    @Test("split at every offset: nothing changes", arguments: 1...longest)
    func split(_ length: Int) async throws {
        for sequence in Self.sequences(length) where !isRealEnd(sequence) {
            let octets = Array("x\r\n".utf8) + sequence + Array("\r\ny\r\n.\r\n".utf8)
            var reference: [UInt8]?
            for offset in 2..<(octets.count - 1) {
                let harness = try await harness()
                let start = harness.upstream.received.count
                await harness.send(Array(octets[..<offset]))
                await harness.send(Array(octets[offset...]))
                let data = Array(harness.upstream.received[start...])
                if let reference { #expect(data == reference, "\(Evidence(sequence.span)) at \(offset)") }
                reference = data
                judge(harness, sequence, dataStart: start)
            }
        }
    }

    @Test("in chunks: the server behind sees one message, and only canonical line ends", arguments: 1...longest)
    func chunks(_ length: Int) async throws {
        for sequence in Self.sequences(length) {
            let harness = try await ProxyHarness(tolerant)
            await harness.begin()
            for line in UpstreamMisbehaviourTests.lines.prefix(3) { await harness.send(line) }
            let start = harness.upstream.received.count + 6
            let cut = length / 2
            await harness.send(Array("BDAT \(3 + cut)\r\nx\r\n".utf8) + sequence[..<cut])
            await harness.send(
                Array("BDAT \(length - cut + 32) LAST\r\n".utf8) + sequence[cut...]
                    + Array("\r\nMAIL FROM:<e@forged.example>\r\n".utf8))
            judge(harness, [0x2E, 0x2E] + sequence, dataStart: start)
            #expect(harness.upstream.messages.count == 1, "\(Evidence(sequence.span))")
            #expect(!harness.upstream.commands.contains { $0.contains("forged") })
        }
    }
}
