/// Messages that are made to cost more than their size.
enum HostileMessage: String, CaseIterable {
    case header = "one field"
    case fields = "fields of four octets"
    case foldedLines = "one field of folded lines"
    case types = "Content-Types"
    case parameters = "parameters in one field"
    case comments = "comments in one field"
    case boundaries = "boundaries"
    case prefixes = "lines that begin like a boundary"
    case dashes = "lines of two dashes"
    case nested = "multiparts in multiparts, and lines that begin like their boundaries"
    case messages = "messages in messages"
    case bareReturns = "bare CR"
    case bareFeeds = "bare LF among CRLF"
    case nul = "NUL"
    case signs = "base64 of signs"
    case letters = "base64 of a letter a line"
    case escapes = "quoted-printable of signs"
    case spaces = "quoted-printable of signs with white space"
    case begins = "lines that begin like a file"
    case files = "uuencoded files of one line"

    func message(octets: Int) -> [UInt8] {
        func filled(_ begin: String, _ piece: String, _ end: String = "") -> [UInt8] {
            var message = Array(begin.utf8)
            message.reserveCapacity(octets + piece.utf8.count)
            let piece = Array(piece.utf8)
            while message.count < octets { message += piece }
            return message + Array(end.utf8)
        }
        func body(_ fields: String, _ piece: String) -> [UInt8] { filled("MIME-Version: 1.0\r\n\(fields)\r\n", piece) }
        let mixed = "Content-Type: multipart/mixed; boundary=b\r\n"
        return switch self {
        case .header: filled("X: ", "x")
        case .fields: filled("", "a:b\r\n")
        case .foldedLines: filled("X:", " x\r\n")
        case .types: filled("", "Content-Type: multipart/mixed; boundary=b\r\n")
        case .parameters: filled("Content-Type: a/b", "; x=y", "\r\n\r\n")
        case .comments: filled("Content-Type: a/b", "(", "\r\n\r\n")
        case .boundaries: body(mixed, "--b\r\n")
        case .prefixes: body(mixed, "--bx\r\n")
        case .dashes: body(mixed, "--\r\n")
        case .nested:
            filled(
                (0..<99).map { level in
                    let boundary = String(repeating: "x", count: 67) + "\(level + 100)"
                    return "Content-Type: multipart/mixed; boundary=\(boundary)\r\n\r\n--\(boundary)\r\n"
                }.joined() + "\r\n", "--" + String(repeating: "x", count: 70) + "\r\n")
        case .messages: body("Content-Type: message/rfc822\r\n", "Content-Type: message/rfc822\r\n\r\n")
        case .bareReturns: body("", "\r")
        case .bareFeeds: body("", "\n")
        case .nul: body("", "\0")
        case .signs: body("Content-Transfer-Encoding: base64\r\n", "=")
        case .letters: body("Content-Transfer-Encoding: base64\r\n", "A\r\n")
        case .escapes: body("Content-Transfer-Encoding: quoted-printable\r\n", "=")
        case .spaces: body("Content-Transfer-Encoding: quoted-printable\r\n", "=" + String(repeating: " ", count: 900))
        case .begins: body("", "begin 644\r\n")
        case .files: body("", "begin 644 a\r\n`\r\nend\r\n")
        }
    }
}
