import AllocationCounter
import ArgumentParser
import Foundation
import SMTPMessageFormat

@main
struct MessageBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "message-bench",
        abstract: "Measures what it takes to walk through messages and to decode them.",
        discussion: """
            Prints one JSON object per line. Build it optimised: swift build -c release.

            Rounds of all cases, and of copying and of a plain loop that decodes base64, follow each other, so that ratios hold on a busy machine \
            too. For hostile messages the time per octet is measured at two sizes: where it grows with the size, something is wrong.
            """)

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 15

    @Option(help: "In pieces of so many octets, as they are read from a message that is kept.")
    var piece = 65_536

    func run() throws {
        measureClean()
        measureSmall()
        measureMemory()
        for hostile in HostileMessage.allCases { measure(hostile) }
    }

    private func walk(_ message: [UInt8]) -> Int {
        var walker = MessageWalker()
        var decoded = 0
        func count(_ event: MessageEvent) {
            if case .content(let octets, _) = event { decoded &+= octets.count }
        }
        var index = 0
        while index < message.count {
            let end = min(message.count, index + piece)
            walker.walk(message.span.extracting(index..<end), count)
            index = end
        }
        walker.finish(count)
        return decoded
    }

    /// The message as if it were all base64.
    private func decode(_ message: [UInt8]) -> Int {
        var decoder = Base64Decoder()
        var output = DecodedOctets()
        var decoded = 0
        var index = 0
        while index < message.count {
            let end = min(message.count, index + 12_288)
            output.removeAll()
            decoder.decode(message.span.extracting(index..<end), at: index, into: &output)
            decoded += output.count
            index = end
        }
        return decoded
    }

    /// Nanoseconds.
    private func time(_ work: () -> Int) -> Double {
        let start = ContinuousClock.now
        let result = work()
        let elapsed = start.duration(to: .now) / .nanoseconds(1)
        // What nobody looks at would not be done.
        precondition(result >= 0)
        return elapsed
    }

    private func median(_ figures: [Double]) -> Double { figures.sorted()[figures.count / 2] }

    private func measureClean() {
        let mail = CleanMessage.withAttachment(octets: 1_000_000)
        let text = CleanMessage.text(octets: 1_000_000)
        let quoted = CleanMessage.quotedPrintable(octets: 1_000_000)
        var room = [UInt8](repeating: 0, count: mail.count)
        let cases: [(String, Int, () -> Int)] = [
            ("walk and decode, base64", mail.count, { walk(mail) }), ("walk, text", text.count, { walk(text) }),
            ("walk and decode, quoted-printable", quoted.count, { walk(quoted) }),
            ("the decoder alone, base64", mail.count, { decode(mail) }),
            (
                "control: memcpy", mail.count,
                {
                    room.withUnsafeMutableBytes { room in mail.withUnsafeBytes { room.copyMemory(from: $0) } }
                    return Int(room[mail.count / 2])
                }
            ),
            ("control: a loop that decodes base64", mail.count, { PlainLoop.decode(mail) }),
        ]
        var figures = [[Double]](repeating: [], count: cases.count)
        for _ in 0..<iterations {
            for (index, item) in cases.enumerated() { figures[index].append(time(item.2)) }
        }
        for (item, figures) in zip(cases, figures) {
            let rate = Double(item.1) / median(figures)
            let best = Double(item.1) / (figures.min() ?? 1)
            print(
                #"{"case":"\#(item.0)","octets":\#(item.1),"GB_per_s":\#(shown(rate)),"best_GB_per_s":\#(shown(best))}"#
            )
        }
    }

    private func shown(_ number: Double) -> String { String(format: "%.3f", number) }

    /// Messages whose fields and parts take as long as their content.
    private func measureSmall() {
        for octets in [1_000, 10_000] {
            let message = CleanMessage.withAttachment(octets: octets)
            var figures: [Double] = []
            let before = allocation_count()
            for _ in 0..<(200 * iterations) { figures.append(time { walk(message) }) }
            let allocations = Double(allocation_count() - before) / Double(figures.count)
            print(
                #"{"case":"a text and an attachment, \#(octets) octets","us":\#(shown(median(figures) / 1_000)),"#
                    + #""best_us":\#(shown((figures.min() ?? 0) / 1_000)),"allocations":\#(shown(allocations))}"#)
        }
    }

    /// What a walker holds in the middle of a message.
    private func measureMemory() {
        let messages = [
            ("an attachment", CleanMessage.withAttachment(octets: 1_000_000)),
            ("multiparts in multiparts", HostileMessage.nested.message(octets: 1_000_000)),
            ("a field without end", HostileMessage.header.message(octets: 1_000_000)),
        ]
        for (name, message) in messages {
            let count = 100
            var walkers: [MessageWalker] = []
            walkers.reserveCapacity(count)
            let before = allocated_octets()
            for _ in 0..<count {
                var walker = MessageWalker()
                var begin = 0
                while begin < message.count / 2 {
                    let end = min(message.count / 2, begin + piece)
                    walker.walk(message.span.extracting(begin..<end)) { _ in }
                    begin = end
                }
                walkers.append(walker)
            }
            let held = Int(allocated_octets()) - Int(before)
            print(#"{"case":"memory in the middle of \#(name)","octets_per_message":\#(held / count)}"#)
            // They live until here.
            walkers.removeAll()
        }
    }

    private func measure(_ hostile: HostileMessage) {
        let sizes = [1_000_000, 10_000_000]
        let perOctet = sizes.map { size in
            let message = hostile.message(octets: size)
            let figures = (0..<3).map { _ in time { walk(message) } / Double(message.count) }
            return median(figures)
        }
        print(
            #"{"case":"hostile: \#(hostile.rawValue)","ns_per_octet_1MB":\#(shown(perOctet[0])),"#
                + #""ns_per_octet_10MB":\#(shown(perOctet[1])),"growth":\#(shown(perOctet[1] / perOctet[0]))}"#)
    }
}
