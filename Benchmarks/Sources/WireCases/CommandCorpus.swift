/// Command lines as a mail server gets them, all of them well formed, the same for the same seed.
public struct CommandCorpus: Sendable {
    /// Which commands it holds.
    public enum Kind: String, Sendable, CaseIterable {
        /// All of them, in the proportions of ordinary sessions, but at random: none tells what comes next.
        case mixed
        /// Those of ordinary sessions in their order.
        case sessions
        /// `EHLO` and `HELO`.
        case greeting
        /// `MAIL`, half of them with parameters.
        case mail
        /// `RCPT`, one in five with parameters.
        case rcpt
        /// `DATA`, `RSET`, `NOOP`, `QUIT`.
        case bare
        /// `BDAT`, `AUTH`, `VRFY` and a few rarer ones.
        case other
    }

    private var generator: SeededGenerator
    /// What is left of a session.
    private var session: ArraySlice<String> = []

    /// A corpus of a seed.
    public init(seed: UInt64 = 1) { generator = SeededGenerator(seed: seed) }

    /// Lines with their CRLF, one after the other.
    public mutating func octets(_ count: Int, _ kind: Kind = .mixed) -> [UInt8] {
        var octets: [UInt8] = []
        for _ in 0..<count {
            octets.append(contentsOf: line(kind).utf8)
            octets.append(0x0D)
            octets.append(0x0A)
        }
        return octets
    }

    private mutating func line(_ kind: Kind) -> String {
        switch kind {
        case .mixed:
            switch generator.below(100) {
            case 0..<12: line(.greeting)
            case 12..<37: line(.mail)
            case 37..<69: line(.rcpt)
            case 69..<93: line(.bare)
            default: line(.other)
            }
        case .sessions: nextOfSession()
        case .greeting: greeting()
        case .mail: mail()
        case .rcpt: recipient()
        case .bare: generator.pick(["DATA", "RSET", "NOOP", "QUIT", "QUIT", "DATA", "data", "quit"])
        case .other: other()
        }
    }

    private mutating func nextOfSession() -> String {
        if session.isEmpty {
            var lines = [greeting()]
            for _ in 0...generator.below(2) {
                lines.append(mail())
                for _ in 0...generator.below(3) { lines.append(recipient()) }
                lines.append("DATA")
            }
            lines.append("QUIT")
            session = lines[...]
        }
        return session.removeFirst()
    }

    private mutating func greeting() -> String {
        let verb = generator.below(8) == 0 ? "HELO" : "EHLO"
        return switch generator.below(12) {
        case 0: "\(verb) [192.0.2.\(generator.below(255))]"
        case 1: "\(verb) [IPv6:2001:db8::\(String(generator.below(65_535), radix: 16))]"
        default: "\(verb) \(domain())"
        }
    }

    private mutating func mail() -> String {
        let path = generator.below(12) == 0 ? "<>" : "<\(mailbox())>"
        let verb = generator.below(20) == 0 ? "mail from:" : "MAIL FROM:"
        var line = "\(verb)\(path)"
        guard generator.below(2) == 0 else { return line }
        if generator.below(5) != 0 { line += " SIZE=\(512 + generator.below(2_000_000))" }
        if generator.below(2) == 0 { line += " BODY=8BITMIME" }
        if generator.below(12) == 0 { line += " SMTPUTF8" }
        if generator.below(16) == 0 {
            line += " RET=\(generator.pick(["HDRS", "FULL"])) ENVID=QQ\(generator.below(100_000))"
        }
        if generator.below(20) == 0 { line += " AUTH=<>" }
        return line
    }

    private mutating func recipient() -> String {
        let mailbox = mailbox()
        var line = "RCPT TO:<\(mailbox)>"
        if generator.below(5) == 0 {
            line += " NOTIFY=\(generator.pick(["NEVER", "FAILURE", "SUCCESS,FAILURE", "FAILURE,DELAY"]))"
            if generator.below(2) == 0, !mailbox.hasPrefix("\"") {
                line += " ORCPT=rfc822;\(mailbox.replacing("+", with: "+2B").replacing("=", with: "+3D"))"
            }
        }
        return line
    }

    private mutating func other() -> String {
        switch generator.below(7) {
        case 0, 1: "BDAT \(generator.below(1_000_000))\(generator.below(2) == 0 ? " LAST" : "")"
        case 2, 3: "AUTH PLAIN \(base64(4 * (3 + generator.below(10))))"
        case 4: "VRFY \(word())"
        case 5: generator.pick(["AUTH LOGIN", "STARTTLS", "HELP"])
        default: generator.pick(["EXPN \(word())-list", "ETRN example.org", "XYZZY \(word())"])
        }
    }

    private mutating func mailbox() -> String { "\(localPart())@\(domain())" }

    private mutating func localPart() -> String {
        switch generator.below(12) {
        case 0: "\(word())+\(word())"
        case 1: "bounce-\(generator.below(1_000_000))=\(word())"
        case 2: "\"\(word()) \(word())\""
        case 3, 4, 5: "\(word()).\(word())"
        default: "\(word())\(generator.below(3) == 0 ? String(generator.below(100)) : "")"
        }
    }

    private mutating func domain() -> String {
        let top = generator.pick(["com", "org", "net", "example", "co.uk", "de", "io"])
        return switch generator.below(6) {
        case 0: "mail-\(generator.below(40)).\(word()).\(top)"
        case 1: "\(word()).\(word()).\(top)"
        case 2: "mx\(generator.below(9)).\(word()).\(top)"
        default: "\(word()).\(top)"
        }
    }

    private mutating func word() -> String {
        let letters = Array("aabcdeeeefghiijklmnoopqrsstuvwxyz".utf8)
        let count = 3 + generator.below(8)
        var octets: [UInt8] = []
        for _ in 0..<count { octets.append(generator.pick(letters)) }
        return String(decoding: octets, as: UTF8.self)
    }

    private mutating func base64(_ count: Int) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var octets: [UInt8] = []
        for _ in 0..<count { octets.append(generator.pick(alphabet)) }
        return String(decoding: octets, as: UTF8.self)
    }
}
