import Foundation
import SMTPDNS
import SMTPSecurity
import SMTPSenderPolicy

/// A client, a sender and a zone, from a number.
struct GeneratedCase: Encodable {
    let client: String
    let helo: String
    let sender: String
    /// Types and values, by name: one JSON object for all engines.
    private(set) var zone: [String: [[String]]] = [:]
    /// Whether records may be anything at all.
    private let isHostile: Bool

    private static let clients = [
        "192.0.2.1", "192.0.2.2", "192.0.2.77", "198.51.100.7", "203.0.113.200", "2001:db8::1", "2001:db8:1::25",
    ]
    private static let domains = (0..<6).map { "d\($0).example.com" }
    private static let hosts = (0..<6).map { "h\($0).example.net" }

    init(number: Int, seed: UInt64, isHostile: Bool = false) {
        var random = SplitMix(state: seed &* 0x9E37_79B9 &+ UInt64(number) &* 0x2545_F491_4F6C_DD1D)
        self.isHostile = isHostile
        client = Self.clients.randomElement(using: &random) ?? ""
        helo = Bool.random(using: &random) ? "h0.example.net" : "mail.d1.example.com"
        let localPart = ["anna", "a.b-c", "x+y", "Strong-Bad", "a=b_c"].randomElement(using: &random) ?? ""
        sender = Int.random(in: 0..<12, using: &random) == 0 ? "" : "\(localPart)@d0.example.com"
        for domain in Self.domains + ["mail.d1.example.com"] where Int.random(in: 0..<8, using: &random) > 0 {
            addPolicy(domain, &random)
        }
        if zone["d0.example.com"] == nil { addPolicy("d0.example.com", &random) }
        for host in Self.hosts + Self.domains { addHost(host, &random) }
        for name in ["why.example.com", "late.example.com"] where Bool.random(using: &random) {
            add(name, ["TXT", Self.explanation(&random)])
        }
        addNames(&random)
        for (name, type) in [("late.example.com", "TXT"), ("late.example.com", "A"), ("h5.example.net", "A")]
        where Int.random(in: 0..<4, using: &random) == 0 {
            add(name, ["TIMEOUT", type])
        }
        // What the client's name says, by which `exists` is judged.
        if Bool.random(using: &random), let address = try? IPAddress(client), case .v4 = address {
            let labels = client.split(separator: ".").reversed().joined(separator: ".")
            add("\(labels).list.example.org", ["A", "127.0.0.2"])
        }
    }

    private mutating func add(_ name: String, _ record: [String]) { zone[name, default: []].append(record) }

    // MARK: Records

    private mutating func addPolicy(_ domain: String, _ random: inout SplitMix) {
        var terms: [String] = []
        for _ in 0..<Int.random(in: 0...5, using: &random) { terms.append(Self.directive(&random)) }
        if Int.random(in: 0..<3, using: &random) > 0 {
            terms.append((["-all", "~all", "?all", "+all", "all", "-ALL"].randomElement(using: &random) ?? ""))
        }
        if Int.random(in: 0..<5, using: &random) == 0 { terms.append("redirect=" + Self.domain(&random)) }
        if Int.random(in: 0..<4, using: &random) == 0 {
            terms.append(
                "exp=" + (["why.example.com", "why.%{d2}", "late.example.com"].randomElement(using: &random) ?? ""))
        }
        if Int.random(in: 0..<20, using: &random) == 0 { terms.append("x-new=%{d}/%{ir}") }
        if Int.random(in: 0..<6, using: &random) == 0 { terms.shuffle(using: &random) }
        var text = (["v=spf1"] + terms).joined(separator: Int.random(in: 0..<12, using: &random) == 0 ? "  " : " ")
        let damage =
            isHostile ? Int.random(in: 0...6, using: &random) : Int.random(in: 0..<8, using: &random) == 0 ? 1 : 0
        for _ in 0..<damage { Self.damage(&text, isHostile, &random) }
        if Int.random(in: 0..<15, using: &random) == 0, text.utf8.count > 20 {
            let half = text.index(text.startIndex, offsetBy: text.count / 2)
            add(domain, ["TXT", String(text[..<half]), String(text[half...])])
        } else {
            add(domain, ["TXT", text])
        }
        if Int.random(in: 0..<40, using: &random) == 0 { add(domain, ["TXT", "v=spf1 -all"]) }
        if Int.random(in: 0..<6, using: &random) == 0 { add(domain, ["TXT", "something else"]) }
    }

    private static func directive(_ random: inout SplitMix) -> String {
        let qualifier = ["", "", "", "+", "-", "~", "?"].randomElement(using: &random) ?? ""
        let network4 = ["", "", "/32", "/24", "/8", "/1", "/30"].randomElement(using: &random) ?? ""
        let network6 = ["", "", "", "//64", "//32", "//128", "//1"].randomElement(using: &random) ?? ""
        let target = Bool.random(using: &random) ? ":" + domain(&random) : ""
        let body: String =
            switch Int.random(in: 0..<16, using: &random) {
            case 0...2:
                "ip4:" + (["192.0.2.1", "192.0.2.0", "198.51.100.0", "10.0.0.0"].randomElement(using: &random) ?? "")
                    + network4
            case 3...4:
                "ip6:" + (["2001:db8::1", "2001:db8::", "::1", "::ffff:192.0.2.1"].randomElement(using: &random) ?? "")
                    + network6.replacing("//", with: "/")
            case 5...7: "a" + target + network4 + network6
            case 8...9: "mx" + target + network4 + network6
            case 10...12: "include:" + domain(&random)
            case 13: "ptr" + target
            default:
                "exists:"
                    + (["%{ir}.list.example.org", "%{l}.%{d}", "%{i}.x.example.org", "h0.example.net"].randomElement(
                        using: &random) ?? "")
            }
        let isWide = Int.random(in: 0..<60, using: &random) == 0 && body.contains("/1")
        return qualifier + (isWide ? body.replacing("/1", with: "/0") : body)
    }

    private static func domain(_ random: inout SplitMix) -> String {
        switch Int.random(in: 0..<14, using: &random) {
        case 0...4: domains.randomElement(using: &random) ?? ""
        case 5...8: hosts.randomElement(using: &random) ?? ""
        case 9: "void.example.com"
        case 10: "late.example.com"
        case 11: "%{d}"
        case 12:
            ["%{o}", "%{h}", "h1.%{d2r}", "%{l-}.%{o2}", "h%{i4r}.example.net"].randomElement(using: &random) ?? ""
        default: ["c0.example.org", "D1.Example.COM", "h1.example.net."].randomElement(using: &random) ?? ""
        }
    }

    private static func explanation(_ random: inout SplitMix) -> String {
        let texts = [
            "%{i} may not send for %{d}", "See http://%{d}/why?s=%{S}&i=%{i}", "plain text", "%{c}%_%{r}%-%%", "%{p}",
            "%{q}", "%", "%{l1r-} %{ir}",
            "%{h} %{v} %{D2}",
        ]
        return texts.randomElement(using: &random) ?? ""
    }

    private static func damage(_ text: inout String, _ isHostile: Bool, _ random: inout SplitMix) {
        var pieces = [
            ":", "/", "//", "=", "%", "%{", "}", "%{d", "%{z}", "..", " ", "-", "all:x", "ip4:1.2.3", "a/33", "a//129",
            "include", "foo", "foo:bar",
            "exp=", "redirect=", "-exp=x.y", "ip6:zz", "%{d0}", "%{d9r+}", "mx:", "ptr/24", "1x=y", "a:x.1",
            "a:example.-com",
        ]
        if isHostile {
            pieces += [
                "\u{0}", "\u{1}", "\u{FF}", "\u{80}", "%{D\(String(repeating: "9", count: 40))r",
                String(repeating: "%{S}", count: 60),
                String(repeating: "x", count: 300), String(repeating: "a ", count: 300), "%{S-.+,/_=}",
                "exp=%{S}%{H}%{O}.example.com",
                String(repeating: "%{d255}", count: 30), "ip4:999999999999.1.1.1/999999999999",
                "a" + String(repeating: "/", count: 100),
            ]
        }
        let place = text.indices.randomElement(using: &random) ?? text.startIndex
        switch Int.random(in: 0..<4, using: &random) {
        case 0: text.remove(at: place)
        case 1: text.insert(contentsOf: pieces.randomElement(using: &random) ?? "", at: place)
        default: text += " " + (pieces.randomElement(using: &random) ?? "")
        }
    }

    private mutating func addHost(_ host: String, _ random: inout SplitMix) {
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            let address = Bool.random(using: &random) ? client : Self.clients.randomElement(using: &random) ?? client
            add(host, [address.contains(":") ? "AAAA" : "A", address])
        }
        let exchanges =
            Int.random(in: 0..<12, using: &random) == 0
            ? Int.random(in: 9...12, using: &random) : Int.random(in: 0...2, using: &random)
        for number in 0..<exchanges where Int.random(in: 0..<3, using: &random) > 0 || exchanges > 3 {
            add(
                host,
                [
                    "MX", "\(number)",
                    exchanges > 3 ? "h\(number % 6).example.net" : Self.hosts.randomElement(using: &random) ?? "",
                ])
        }
    }

    private mutating func addNames(_ random: inout SplitMix) {
        add("c0.example.org", ["CNAME", Bool.random(using: &random) ? "h0.example.net" : "d2.example.com"])
        guard let address = try? IPAddress(client) else { return }
        let reverse = "\(DNSName(reverseOf: address))"
        let count = [0, 1, 1, 2, 3, 12].randomElement(using: &random) ?? 0
        for _ in 0..<count {
            add(
                reverse,
                ["PTR", (Self.hosts + Self.domains + ["void.example.com"]).randomElement(using: &random) ?? ""])
        }
        if Int.random(in: 0..<10, using: &random) == 0 { add(reverse, ["TIMEOUT", "PTR"]) }
    }

    /// The texts in the zone.
    var texts: [String] { zone.values.joined().filter { $0[0] == "TXT" }.map { $0.dropFirst().joined() } }

    /// The case as an engine sees it that follows redirect before directives that stand behind it: without those.
    var withRedirectsFirst: GeneratedCase {
        changingPolicies { text in
            let terms = text.split(separator: " ")
            guard let place = terms.lastIndex(where: { $0.lowercased().hasPrefix("redirect=") }),
                (try? SPFRecord(Array(text.utf8))) != nil
            else { return text }
            let isBehind = { (index: Int) in index > place && !terms[index].contains("=") }
            return terms.indices.filter { !isBehind($0) }.map { String(terms[$0]) }.joined(separator: " ")
        }
    }

    /// The case as an engine sees it for which such terms are wrong.
    func withWrong(_ isSuch: (Substring) -> Bool) -> GeneratedCase {
        changingPolicies { text in
            text.split(separator: " ", omittingEmptySubsequences: false).map { term in
                isSuch(term) ? "%" : String(term)
            }.joined(separator: " ")
        }
    }

    private func changingPolicies(_ change: (String) -> String) -> GeneratedCase {
        var copy = self
        copy.zone = zone.mapValues { records in
            records.map { $0[0] == "TXT" ? ["TXT", change($0.dropFirst().joined())] : $0 }
        }
        return copy
    }

    // MARK: For the engines in this process

    var request: SPFRequest {
        get throws {
            SPFRequest(
                .mailFrom, client: try IPAddress(client), helo: Array(helo.utf8), sender: Array(sender.utf8),
                receiver: "mx.our.example", time: Timestamp(seconds: 0))
        }
    }

    var resolver: ZoneResolver {
        get throws {
            var resolver = ZoneResolver()
            for (name, records) in zone {
                let name = try DNSName(name)
                for record in records {
                    switch record[0] {
                    case "A", "AAAA": resolver.add(name, .address(try IPAddress(record[1])))
                    case "MX":
                        resolver.add(name, .mx(preference: UInt16(record[1]) ?? 0, exchange: try DNSName(record[2])))
                    case "PTR": resolver.add(name, .ptr(try DNSName(record[1])))
                    case "CNAME": resolver.add(name, .cname(try DNSName(record[1])))
                    case "TIMEOUT":
                        let type = DNSRecordType.allCases.first { $0.description == record[1] } ?? .a
                        resolver.fail(DNSQuestion(name, type), .timeout)
                    default:
                        // A character is an octet.
                        let strings = record.dropFirst().map {
                            $0.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
                        }
                        resolver.add(name, .txt(Array(strings)))
                    }
                }
            }
            return resolver
        }
    }
}

/// A generator whose numbers are the same each time (SplitMix64).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
