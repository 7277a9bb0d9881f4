/// Makes ESMTP parameters for one command, hardly ever the same one twice.
struct ParameterGenerator {
    private var used: Set<String> = []

    /// A parameter of `MAIL`.
    mutating func sender(_ lines: inout CommandLineGenerator) -> [UInt8] {
        let keyword = choose(
            [
                "SIZE", "SIZE", "SIZE", "BODY", "BODY", "SMTPUTF8", "AUTH", "RET", "ENVID", "REQUIRETLS", "MT-PRIORITY",
                "HOLDFOR", "HOLDUNTIL", "BY",
            ], &lines)
        return parameter(keyword, &lines)
    }

    /// A parameter of `RCPT`.
    mutating func recipient(_ lines: inout CommandLineGenerator) -> [UInt8] {
        parameter(choose(["NOTIFY", "NOTIFY", "ORCPT"], &lines), &lines)
    }

    /// One that was not used yet, or one that the library does not know.
    private mutating func choose(_ keywords: [String], _ lines: inout CommandLineGenerator) -> String {
        let keyword = lines.random.pick(keywords)
        if lines.random.once(in: 60) { return lines.random.pick(["NOTIFY", "SIZE", "BODY", "ORCPT"]) }
        if !lines.random.once(in: 4), used.insert(keyword).inserted { return keyword }
        let tail = (0..<lines.random.length(upTo: 34)).map { _ in lines.random.pick(from: "ABCxyz019-") }
        return "X" + String(decoding: tail, as: UTF8.self)
    }

    private func parameter(_ keyword: String, _ lines: inout CommandLineGenerator) -> [UInt8] {
        let name = lines.random.recase(keyword)
        guard let value = value(of: keyword, &lines) else { return name }
        return name + [0x3D] + value
    }

    private func value(of keyword: String, _ lines: inout CommandLineGenerator) -> [UInt8]? {
        switch keyword {
        case "SIZE": return lines.digits()
        case "BODY": return lines.random.recase(lines.random.pick(["7BIT", "8BITMIME", "BINARYMIME"]))
        case "SMTPUTF8", "REQUIRETLS": return nil
        case "RET": return lines.random.recase(lines.random.pick(["FULL", "HDRS"]))
        case "MT-PRIORITY": return Array(lines.random.pick(["0", "9", "-9", "3", "-1", "10", "-0", "+1"]).utf8)
        case "HOLDFOR":
            return Array(lines.random.pick(["1", "60", "86400", "999999999", "1000000000", "0", "007"]).utf8)
        case "HOLDUNTIL": return dateTime(&lines)
        case "BY":
            let time = lines.random.pick(["120", "5", "+5", "007", "999999999", "0", "-5", "-0", "1000000000"])
            return Array(time.utf8) + [0x3B] + lines.random.recase(lines.random.pick(["R", "RT", "N", "NT", "NR"]))
        case "AUTH":
            if lines.random.once(in: 4) { return Array("<>".utf8) }
            return xtext(lines.mailbox(), &lines)
        case "ENVID":
            let count = lines.random.once(in: 5) ? 99 + lines.random.below(3) : lines.random.length(upTo: 40)
            return xtext((0..<count).map { _ in lines.random.pick(from: "abcXYZ019 +=@<>") }, &lines)
        case "NOTIFY":
            if lines.random.once(in: 4) { return lines.random.recase("NEVER") }
            let elements = ["SUCCESS", "FAILURE", "DELAY"].shuffled(using: &lines.random)
            let list = elements.prefix(1 + lines.random.below(3)).joined(separator: ",")
            return lines.random.recase(list + (lines.random.once(in: 20) ? ",NEVER" : ""))
        case "ORCPT": return originalRecipient(&lines)
        default:
            if lines.random.once(in: 3) { return nil }
            let text = (0..<lines.random.length(upTo: 70)).map { _ in lines.random.pick(from: "abcXYZ019<>+;@,.-") }
            return lines.random.once(in: 8) ? text + lines.character() : text
        }
    }

    private func originalRecipient(_ lines: inout CommandLineGenerator) -> [UInt8] {
        if lines.random.once(in: 3) {
            var text = lines.random.recase("utf-8;")
            for _ in 0..<lines.random.length(upTo: 40) {
                switch lines.random.below(8) {
                case 0:
                    let point = lines.random.pick([
                        "20", "2B", "3D", "5C", "A0", "7F", "0A", "01", "80", "100", "20AC", "D7FF", "D800", "DFFF",
                        "E000",
                        "10000", "10FFFF", "110000", "020", "a0", "1",
                    ])
                    text += Array("\\x{\(point)}".utf8)
                case 1: text += Array(lines.random.pick(["é", "中", "😀"]).utf8)
                default: text.append(lines.random.pick(from: "abcXYZ019@.<>"))
                }
            }
            return text
        }
        let address =
            lines.random.once(in: 8)
            ? (0..<(480 + lines.random.below(20))).map { _ in 0x61 } : xtext(lines.mailbox(), &lines)
        return lines.random.recase(lines.random.pick(["rfc822", "rfc822", "rfc822", "x400", "a!b"])) + [0x3B] + address
    }

    /// The octets in `xtext`, some of them encoded that need not be.
    private func xtext(_ octets: [UInt8], _ lines: inout CommandLineGenerator) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return octets.flatMap { octet -> [UInt8] in
            let isPlain = (33...126).contains(octet) && octet != 0x2B && octet != 0x3D
            return isPlain && !lines.random.once(in: 16)
                ? [octet] : [0x2B, digits[Int(octet >> 4)], digits[Int(octet & 15)]]
        }
    }

    private func dateTime(_ lines: inout CommandLineGenerator) -> [UInt8] {
        func part(_ right: [String], _ any: [String]) -> String {
            lines.random.pick(lines.random.once(in: 8) ? any : right)
        }
        let date = part(
            ["2027-02-28", "2028-02-29", "2000-02-29", "2027-12-31"],
            ["2027-02-29", "2100-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00"])
        let time = part(["00:00:00", "23:59:59", "23:59:60"], ["12:30:60", "24:00:00", "12:60:00"])
        let fraction = part(["", "", ".5", ".123456789"], ["."])
        let offset = part(["Z", "z", "+01:00", "-23:59"], ["+24:00", "-00:60", ""])
        return lines.random.recase("\(date)T\(time)\(fraction)") + Array(offset.utf8)
    }
}
