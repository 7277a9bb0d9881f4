import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// Addresses as text: each is read as the reference reads it, and what is printed reads as the same again.
@Suite("Generated addresses")
struct GeneratedAddressTests {
    /// Text that is nearly right, or right.
    private static func text(_ octets: [UInt8], _ lines: inout CommandLineGenerator) -> String {
        let octets = lines.random.once(in: 3) ? lines.random.mutate(octets, or: Array("1.2.3.4:/::".utf8)) : octets
        return String(decoding: octets, as: UTF8.self)
    }

    private static func hostText(_ lines: inout CommandLineGenerator) -> String {
        lines.random.once(in: 2) ? lines.addressV4() : lines.addressV6()
    }

    @Test("of hosts are read as the reference reads them, and printed in canonical form")
    func generatedHosts() {
        var lines = CommandLineGenerator(seed: 0x4291)
        for _ in 0..<Generator.cases(1_500) {
            let text = Self.text(Array(Self.hostText(&lines).utf8), &lines)
            let found = try? IPAddress(text)
            if found != ReferenceAddress.address(Array(text.utf8)) {
                Issue.record("\(Evidence(text)) is \(found as Any)")
            }
            guard let found else { continue }
            let printed = found.description
            if printed != ReferenceAddress.text(found) || (try? IPAddress(printed)) != found {
                Issue.record("\(Evidence(text)) is printed as \(printed)")
            }
        }
    }

    @Test("of networks are read as the reference reads them, and hold what shares their first bits")
    func generatedNetworks() {
        var lines = CommandLineGenerator(seed: 0x4632)
        for _ in 0..<Generator.cases(1_500) {
            var text = Self.hostText(&lines)
            let length = lines.random.pick([0, 1, 8, 24, 31, 32, 33, 63, 64, 65, 96, 127, 128, 129])
            // Mostly the first address of the network that one is in.
            if let host = ReferenceAddress.address(Array(text.utf8)), !lines.random.once(in: 4) {
                text = "\(IPNetwork(host, prefixLength: length))"
            } else {
                text += "/\(length)"
            }
            text = Self.text(Array(text.utf8), &lines)
            let found = try? IPNetwork(text)
            let expected = ReferenceAddress.network(text)
            if found?.address != expected?.address || found?.prefixLength != expected?.prefixLength {
                Issue.record("\(Evidence(text)) is \(found as Any)")
            }
            guard let found else { continue }
            if (try? IPNetwork("\(found)")) != found { Issue.record("\(Evidence(text)) is printed as \(found)") }
            checkContents(of: found, &lines)
        }
    }

    /// Looks at the first address of a network and at one that differs from it in one bit.
    private func checkContents(of network: IPNetwork, _ lines: inout CommandLineGenerator) {
        let first = network.address
        let other: IPAddress
        switch first {
        case .v4(let value): other = .v4(value ^ 1 << UInt32(lines.random.below(32)))
        case .v6(let high, let low):
            let bit = UInt64(1) << UInt64(lines.random.below(64))
            other = lines.random.once(in: 2) ? .v6(high ^ bit, low) : .v6(high, low ^ bit)
        }
        // IPv4 counts the same in either notation, and is in no network that has other addresses too.
        let prefix = ReferenceAddress.bits(Self.inIPv6Notation(first)).prefix(
            network.prefixLength + (first == Self.inIPv6Notation(first) ? 0 : 96))
        let isIPv4 = prefix.count >= 96 && first.canonical != Self.inIPv6Notation(first)
        for address in [first, other, Self.inIPv6Notation(other)] {
            let expected =
                isIPv4 == (address.canonical != Self.inIPv6Notation(address))
                && ReferenceAddress.bits(Self.inIPv6Notation(address)).starts(with: prefix)
            if network.contains(address) != expected { Issue.record("\(network) and \(address)") }
        }
    }

    private static func inIPv6Notation(_ address: IPAddress) -> IPAddress {
        if case .v4(let value) = address { .v6(0, 0xFFFF_0000_0000 | UInt64(value)) } else { address }
    }

    @Test("of mailboxes are mailboxes and nothing else, and printed so that they read as the same")
    func generatedMailboxes() {
        var lines = CommandLineGenerator(seed: 0x5322)
        for _ in 0..<Generator.cases(1_500) {
            var text = Self.text(lines.mailbox(), &lines)
            // What could follow or precede a mailbox in a command, but is no part of one.
            if lines.random.once(in: 8) { text += lines.random.pick([">", "> X=", "> SIZE=1 X=1", " ", "<", "\r\n"]) }
            if lines.random.once(in: 12) { text = lines.random.pick(["@a.example:", "@a,@b:", "<", " "]) + text }
            let octets = Array(text.utf8)
            let isMailbox = ReferenceValue.isMailbox(octets) && octets.count <= 254
            let found: Mailbox
            do throws(CommandParseError) {
                found = try Mailbox(text)
            } catch {
                if isMailbox || error.offset > octets.count { Issue.record("\(Evidence(text)): \(error)") }
                continue
            }
            if !isMailbox { Issue.record("\(Evidence(text)) is no mailbox") }
            let printed = found.description
            guard let again = try? Mailbox(printed) else {
                Issue.record("\(Evidence(text)) is printed as \(Evidence(printed)), which is no mailbox")
                continue
            }
            if again != found || again.description != printed { Issue.record("\(Evidence(text)) becomes \(again)") }
        }
    }

    @Test("of paths are printed so that they read as the same")
    func generatedPaths() {
        var lines = CommandLineGenerator(seed: 0x5323)
        func parse<Path>(_ line: [UInt8], _ read: (PathView) -> Path?) -> Path? {
            var command = ParsedCommand()
            guard (try? CommandParser.parse(line.span, into: &command)) != nil else { return nil }
            return read(CommandView(line: line.span, parsed: command).path)
        }
        for _ in 0..<Generator.cases(1_000) {
            let line = lines.anyLine()
            if let path = parse(line, { ReversePath($0) }),
                parse(Array("MAIL FROM:\(path)".utf8), { ReversePath($0) }) != path
            {
                Issue.record("\(Evidence(line.span)) has the path \(path)")
            }
            if let path = parse(line, { ForwardPath($0) }),
                parse(Array("RCPT TO:\(path)".utf8), { ForwardPath($0) }) != path
            {
                Issue.record("\(Evidence(line.span)) has the path \(path)")
            }
        }
    }
}
