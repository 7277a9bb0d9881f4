/// A mail server for tests, without any input or output of its own: strict about what it reads, scripted in what it
/// answers.
public struct FakeUpstream {
    /// What it does when it would answer.
    public enum Behaviour: Sendable {
        /// Sends these octets.
        case send(String)
        /// Says nothing.
        case hang
        /// Closes the connection.
        case close
        /// Sends these octets, then closes the connection.
        case sendAndClose(String)
    }

    /// Everything it received, over all connections.
    public private(set) var received: [UInt8] = []
    /// The command lines it received.
    public private(set) var commands: [String] = []
    /// The content of the messages it received whole, un-stuffed.
    public private(set) var messages: [[UInt8]] = []
    /// How many connections were made to it.
    public private(set) var connectionCount = 0
    /// What it does instead of its usual answer: by verb in upper case, `CONNECT` for the banner, `.` for the end of data, `CONTENT` for
    /// the first content of a message.
    public var behaviours: [String: Behaviour] = [:]
    /// The EHLO keywords.
    public var extensions = ["SIZE 10000000", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"]

    private var line: [UInt8] = []
    private var isInData = false
    private var dataStart = 0
    private var pending: [Behaviour] = []

    /// A server that does what it should.
    public init() {}

    /// A connection was made.
    public mutating func connect() {
        connectionCount += 1
        line = []
        isInData = false
        answer("CONNECT", "220 upstream.example ESMTP\r\n")
    }

    /// What it wants to do now.
    public mutating func takeBehaviour() -> Behaviour? {
        pending.isEmpty ? nil : pending.removeFirst()
    }

    /// The proxy sent octets.
    public mutating func receive(_ octets: [UInt8]) {
        for octet in octets {
            received.append(octet)
            line.append(octet)
            if isInData, line.count == 1, received.count == dataStart + 1, let behaviour = behaviours["CONTENT"] {
                pending.append(behaviour)
            }
            guard line.suffix(2) == [13, 10] else { continue }
            let text = String(decoding: line.dropLast(2), as: UTF8.self)
            line = []
            if isInData {
                if text == "." { endData() }
            } else {
                command(text)
            }
        }
    }

    private mutating func endData() {
        isInData = false
        var lines = String(decoding: received[dataStart...], as: UTF8.self)
        lines.unicodeScalars.removeLast(3)
        var content: [UInt8] = []
        var isAtStart = true
        for octet in received[dataStart...].dropLast(3) {
            if !(isAtStart && octet == 0x2E) { content.append(octet) }
            isAtStart = octet == 10
        }
        messages.append(content)
        answer(".", "250 2.0.0 Queued\r\n")
    }

    private mutating func command(_ text: String) {
        commands.append(text)
        let verb = text.split(separator: " ").first.map { $0.uppercased() } ?? ""
        switch verb {
        case "EHLO":
            let lines = ["upstream.example"] + extensions
            answer(
                verb,
                lines.enumerated().map { "250\($0 == lines.count - 1 ? " " : "-")\($1)\r\n" }.joined())
        case "HELO": answer(verb, "250 upstream.example\r\n")
        case "MAIL": answer(verb, "250 2.1.0 Sender OK\r\n")
        case "RCPT": answer(verb, "250 2.1.5 Recipient OK\r\n")
        case "DATA":
            if behaviours["DATA"] == nil {
                isInData = true
                dataStart = received.count
            }
            answer(verb, "354 Go ahead\r\n")
        case "RSET": answer(verb, "250 2.0.0 Reset\r\n")
        case "QUIT": answer(verb, "221 2.0.0 Bye\r\n")
        case "AUTH": answer(verb, "235 2.7.0 Welcome\r\n")
        case "VRFY", "EXPN": answer(verb, "252 2.5.2 Perhaps\r\n")
        default: answer(verb, "502 5.5.1 What?\r\n")
        }
    }

    private mutating func answer(_ key: String, _ usual: String) {
        pending.append(behaviours[key] ?? .send(usual))
    }
}
