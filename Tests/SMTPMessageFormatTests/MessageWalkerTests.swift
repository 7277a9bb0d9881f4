import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Walking through messages")
struct MessageWalkerTests {
    private static let file = Array("X5O!P%@AP[4\\PZX54(P^)7CC)7}$THE-FILE-THAT-IS-HIDDEN!$H+H*".utf8)

    @Test("a file is found, or something is said, whatever trick hides it", arguments: HiddenAttachment.all(file))
    func hidden(_ item: HiddenAttachment) {
        let message = WalkedMessage(item.message)
        let isFound = message.contains(Self.file)
        #expect(isFound || !message.anomalies.isEmpty, "\(message.tree)")
        #expect(message.count == item.message.count)
    }

    @Test("a split anywhere changes nothing", arguments: HiddenAttachment.all(file))
    func generatedSplits(_ item: HiddenAttachment) {
        let whole = WalkedMessage(item.message).events
        var random = Generator(seed: 2_045)
        let isShort = item.message.count < 3_000
        if isShort {
            let octets = WalkedMessage(item.message.map { [$0] }).events
            #expect(octets == whole)
        }
        for _ in 0..<3 { #expect(WalkedMessage(random.pieces(of: item.message).map { Array($0) }).events == whole) }
        guard isShort else { return }
        // Every place in a full run, every seventh otherwise.
        let step = Generator.isFull ? 1 : 7
        for place in stride(from: Int.random(in: 0..<step, using: &random), through: item.message.count, by: step) {
            let events = WalkedMessage([Array(item.message[..<place]), Array(item.message[place...])]).events
            if events != whole { return #expect(events == whole, "split at \(place)") }
        }
    }

    @Test("tricks that change nothing for the standard are no anomalies")
    func clean() {
        let unsuspicious = [
            "base64 in multipart/mixed", "quoted-printable", "the message itself is the file", "multipart in multipart",
            "message/rfc822", "multipart/digest", "lines of 4 letters", "one line", "lower-case names",
            "Content-Type before From", "encoding before type", "value folded", "LF line ends",
            "boundary line with white space behind it", "boundary right behind the fields",
        ]
        let all = HiddenAttachment.all(Self.file)
        for trick in unsuspicious {
            let item = all.first { $0.trick == trick }
            let message = WalkedMessage(item?.message ?? [])
            #expect(message.anomalies == [], "\(trick)")
            if trick != "boundary right behind the fields" { #expect(message.contains(Self.file), "\(trick)") }
        }
    }
}
