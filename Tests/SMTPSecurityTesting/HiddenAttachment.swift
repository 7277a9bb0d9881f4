/// Messages that have a file in them, each in a way that some readers of mail find and others do not.
///
/// Whoever looks for the file either finds it, or has to say that something is wrong with the message.
public struct HiddenAttachment: Sendable, CustomStringConvertible {
    /// The trick.
    public let trick: String
    /// The message, with CRLF line ends.
    public let message: [UInt8]

    /// The trick.
    public var description: String { trick }

    /// Messages with a file.
    ///
    /// - Parameters:
    ///   - file: the file.
    ///   - name: its name, without anything to quote.
    public static func all(_ file: [UInt8], named name: String = "eicar.com") -> [HiddenAttachment] {
        let maker = Maker(file: file, name: name)
        return maker.plain() + maker.fields() + maker.boundaries() + maker.encodings() + maker.structures()
            + maker.octets()
    }
}

private struct Maker {
    let file: [UInt8]
    let name: String

    var encoded: String { Self.lines(Self.base64(file)) }

    // MARK: Building

    static func base64(_ octets: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var index = 0
        while index < octets.count {
            let group = octets[index..<min(octets.count, index + 3)]
            var bits: UInt32 = 0
            for place in 0..<3 { bits = bits << 8 | UInt32(place < group.count ? group[index + place] : 0) }
            for place in 0..<4 {
                text.append(
                    place <= group.count ? letters[Int(bits >> UInt32(18 - 6 * place) & 63)] : UInt8(ascii: "="))
            }
            index += 3
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func lines(_ text: String, _ length: Int = 76, end: String = "\r\n") -> String {
        var result = ""
        var rest = text[...]
        while !rest.isEmpty {
            result += rest.prefix(length) + end
            rest = rest.dropFirst(length)
        }
        return result
    }

    var quoted: String {
        var text = ""
        var column = 0
        for octet in file {
            let digits = String(octet, radix: 16, uppercase: true)
            text += "=" + (digits.count == 1 ? "0" : "") + digits
            column += 3
            if column >= 72 {
                text += "=\r\n"
                column = 0
            }
        }
        return text + "\r\n"
    }

    var uuencoded: String {
        var text = "begin 644 \(name)\r\n"
        var index = 0
        func letter(_ value: UInt32) -> String { String(UnicodeScalar(UInt8(value == 0 ? 0x60 : value + 0x20))) }
        while index < file.count {
            let line = file[index..<min(file.count, index + 45)]
            text += letter(UInt32(line.count))
            for begin in stride(from: line.startIndex, to: line.endIndex, by: 3) {
                var bits: UInt32 = 0
                for place in begin..<(begin + 3) { bits = bits << 8 | UInt32(place < line.endIndex ? line[place] : 0) }
                for shift in [18, 12, 6, 0] as [UInt32] { text += letter(bits >> shift & 63) }
            }
            text += "\r\n"
            index += 45
        }
        return text + "`\r\nend\r\n"
    }

    var yEncoded: [UInt8] {
        var octets = Array("=ybegin line=128 size=\(file.count) name=\(name)\r\n".utf8)
        for octet in file {
            let value = octet &+ 42
            if [0, 0x0A, 0x0D, 0x3D].contains(value) { octets += [0x3D, value &+ 64] } else { octets.append(value) }
        }
        return octets + Array("\r\n=yend size=\(file.count)\r\n".utf8)
    }

    static let top =
        "From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\nDate: Sat, 28 Nov 2026 12:00:00 +0000\r\n"
    static let mime = "MIME-Version: 1.0\r\n"

    var attachment: String {
        "Content-Type: application/octet-stream; name=\"\(name)\"\r\nContent-Transfer-Encoding: base64\r\n"
            + "Content-Disposition: attachment; filename=\"\(name)\"\r\n\r\n"
    }

    func row(_ trick: String, _ message: String) -> HiddenAttachment {
        HiddenAttachment(trick: trick, message: Array(message.utf8))
    }

    func mixed(
        _ trick: String, header: String = mime + "Content-Type: multipart/mixed; boundary=\"b\"\r\n",
        open: String = "--b\r\n", part: String? = nil, body: String? = nil, close: String = "--b--\r\n"
    ) -> HiddenAttachment {
        row(
            trick,
            Self.top + header + "\r\n\(open)Content-Type: text/plain\r\n\r\nhello\r\n\(open)"
                + (part ?? attachment) + (body ?? encoded) + close)
    }

    // MARK: Tricks

    func plain() -> [HiddenAttachment] {
        [
            mixed("base64 in multipart/mixed"),
            mixed(
                "quoted-printable", part: "Content-Transfer-Encoding: quoted-printable\r\n\r\n", body: quoted),
            row("the message itself is the file", Self.top + Self.mime + attachment + encoded),
            row(
                "multipart in multipart",
                Self.top + Self.mime + "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
                    + "Content-Type: multipart/related; boundary=i\r\n\r\n--i\r\n" + attachment + encoded
                    + "--i--\r\n--o--\r\n"),
            row(
                "message/rfc822",
                Self.top + Self.mime + "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n"
                    + "Content-Type: message/rfc822\r\n\r\n" + Self.top + Self.mime + attachment + encoded + "--o--\r\n"
            ),
            row(
                "multipart/digest",
                Self.top + Self.mime + "Content-Type: multipart/digest; boundary=o\r\n\r\n--o\r\n\r\n" + Self.top
                    + Self.mime + attachment + encoded + "--o--\r\n"),
            mixed("lines of 4 letters", body: Self.lines(Self.base64(file), 4)),
            mixed("lines of 1 letter", body: Self.lines(Self.base64(file), 1)),
            mixed("one line", body: Self.lines(Self.base64(file), 100_000)),
            mixed("lower-case names", part: attachment.lowercased()),
            mixed("upper-case names", part: attachment.uppercased()),
        ]
    }

    func fields() -> [HiddenAttachment] {
        let octetStream = "Content-Type: application/octet-stream\r\n"
        let mixedType = "Content-Type: multipart/mixed; boundary=\"b\"\r\n"
        return [
            mixed("Content-Type before From", header: mixedType + Self.mime),
            mixed("two Content-Types, text first", header: Self.mime + "Content-Type: text/plain\r\n" + mixedType),
            mixed("two Content-Types, text last", header: Self.mime + mixedType + "Content-Type: text/plain\r\n"),
            mixed(
                "three Content-Types with three boundaries",
                header: Self.mime + "Content-Type: multipart/mixed; boundary=x\r\n" + mixedType
                    + "Content-Type: multipart/mixed; boundary=y\r\n"),
            mixed(
                "two encodings, 7bit first",
                part: octetStream + "Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
            mixed(
                "two encodings, 7bit last",
                part: octetStream + "Content-Transfer-Encoding: base64\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"),
            mixed(
                "two encodings, quoted-printable first",
                part: octetStream
                    + "Content-Transfer-Encoding: quoted-printable\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
            mixed("encoding before type", part: "Content-Transfer-Encoding: base64\r\n" + octetStream + "\r\n"),
            mixed("space before the colon", part: octetStream + "Content-Transfer-Encoding : base64\r\n\r\n"),
            mixed(
                "space before the colon of Content-Type",
                header: Self.mime + "Content-Type : multipart/mixed; boundary=\"b\"\r\n"),
            mixed(
                "tab before the colon", header: Self.mime + "Content-Type\t: multipart/mixed; boundary=\"b\"\r\n"),
            mixed("name folded", part: octetStream + "Content-Transfer-Encoding\r\n : base64\r\n\r\n"),
            mixed("value folded", part: octetStream + "Content-Transfer-Encoding:\r\n base64\r\n\r\n"),
            mixed("value folded twice", part: octetStream + "Content-Transfer-Encoding:\r\n \r\n base64\r\n\r\n"),
            mixed("comment before", part: octetStream + "Content-Transfer-Encoding: (c) base64\r\n\r\n"),
            mixed("comment behind", part: octetStream + "Content-Transfer-Encoding: base64 (7bit)\r\n\r\n"),
            mixed("comment within", part: octetStream + "Content-Transfer-Encoding: base(c)64\r\n\r\n"),
            mixed("semicolon behind", part: octetStream + "Content-Transfer-Encoding: base64;\r\n\r\n"),
            mixed("encoding in quotes", part: octetStream + "Content-Transfer-Encoding: \"base64\"\r\n\r\n"),
            mixed("encoding with junk", part: octetStream + "Content-Transfer-Encoding: base64x\r\n\r\n"),
            mixed("encoding with a dot before it", part: octetStream + "Content-Transfer-Encoding: .base64\r\n\r\n"),
            mixed("encoding of two words", part: octetStream + "Content-Transfer-Encoding: 7bit base64\r\n\r\n"),
            mixed("no MIME-Version", header: mixedType),
            mixed("a line without a colon before", header: Self.mime + "junk\r\n" + mixedType),
            mixed(
                "a line without a colon in the part",
                part: octetStream + "junk\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
            mixed("a first line that is folded", part: " x\r\n" + attachment),
            row(
                "byte order mark before the first field",
                "\u{FEFF}" + Self.mime + Self.top + attachment + encoded),
            row(
                "byte order mark before Content-Type",
                "\u{FEFF}" + Self.mime + "Content-Type: multipart/mixed; boundary=b\r\n" + Self.top + "\r\n--b\r\n"
                    + attachment + encoded + "--b--\r\n"),
            row(
                "mbox line first",
                "From a@example.org Sat Nov 28 12:00:00 2026\r\n" + Self.top + Self.mime + attachment + encoded),
            mixed("type with spaces", header: Self.mime + "Content-Type: multipart / mixed; boundary=b\r\n"),
            mixed("type without subtype", header: Self.mime + "Content-Type: multipart; boundary=b\r\n"),
            mixed("type with a comment", header: Self.mime + "Content-Type: multipart(x)/mixed; boundary=b\r\n"),
            mixed("empty Content-Type before", header: Self.mime + "Content-Type:\r\n" + mixedType),
            mixed("100 fields before", header: Self.mime + String(repeating: "X-A: b\r\n", count: 100) + mixedType),
            mixed(
                "a field of 100,000 octets before",
                header: Self.mime + "X-A: " + String(repeating: "x", count: 100_000) + "\r\n" + mixedType),
            mixed(
                "Content-Type behind 100,000 octets of comment",
                header: Self.mime + "Content-Type: (" + String(repeating: "x", count: 100_000)
                    + ") multipart/mixed; boundary=b\r\n"),
        ]
    }

    func boundaries() -> [HiddenAttachment] {
        func header(_ parameters: String) -> String {
            Self.mime + "Content-Type: multipart/mixed; \(parameters)\r\n"
        }
        return [
            mixed("two boundaries, the wrong one first", header: header("boundary=x; boundary=b")),
            mixed("two boundaries, the wrong one last", header: header("boundary=b; boundary=x")),
            mixed("boundary of RFC 2231", header: header("boundary*=utf-8''b")),
            mixed("boundary of RFC 2231, encoded", header: header("boundary*=utf-8''%62")),
            mixed(
                "boundary in sections", header: header("boundary*0=a; boundary*1=b"), open: "--ab\r\n",
                close: "--ab--\r\n"),
            mixed(
                "boundary in sections the wrong way round", header: header("boundary*1=b; boundary*0=a"),
                open: "--ab\r\n", close: "--ab--\r\n"),
            mixed("boundary whole and in sections", header: header("boundary=x; boundary*0=b")),
            mixed("boundary whole and encoded", header: header("boundary*=''b; boundary=x")),
            mixed("boundary unquoted with a space", header: header("boundary=b c"), open: "--b\r\n"),
            mixed(
                "boundary unquoted with a space, all of it", header: header("boundary=b c"), open: "--b c\r\n",
                close: "--b c--\r\n"),
            mixed("boundary in single quotes", header: header("boundary='b'"), open: "--'b'\r\n", close: "--'b'--\r\n"),
            mixed("boundary in single quotes, without them", header: header("boundary='b'")),
            mixed("boundary without the second quote", header: header("boundary=\"b")),
            mixed("boundary with an escape", header: header("boundary=\"\\b\"")),
            mixed("boundary with a comment behind", header: header("boundary=b(c)")),
            mixed("boundary with spaces around the sign", header: header("boundary = b")),
            mixed("boundary with a space at the end", header: header("boundary=\"b \"")),
            mixed("boundary behind junk", header: header("junk; boundary=b")),
            mixed("boundary without the semicolon", header: Self.mime + "Content-Type: multipart/mixed boundary=b\r\n"),
            mixed("boundary behind a comma", header: Self.mime + "Content-Type: multipart/mixed, boundary=b\r\n"),
            mixed("boundary in an encoded word", header: header("boundary=\"=?utf-8?q?b?=\"")),
            mixed("boundary that is empty", header: header("boundary=\"\""), open: "--\r\n", close: "----\r\n"),
            mixed("boundary that is missing", header: header("charset=x")),
            mixed(
                "boundary of 80 octets", header: header("boundary=" + String(repeating: "b", count: 80)),
                open: "--" + String(repeating: "b", count: 80) + "\r\n"),
            mixed(
                "boundary of 1,200 octets", header: header("boundary=" + String(repeating: "b", count: 1_200)),
                open: "--" + String(repeating: "b", count: 1_200) + "\r\n"),
            mixed("boundary line with white space behind it", open: "--b \t\r\n"),
            mixed("boundary line with junk behind it", open: "--bx\r\n"),
            mixed("boundary line with white space before it", open: " --b\r\n"),
            mixed("boundary line with one dash", open: "-b\r\n"),
            mixed("boundary line with three dashes", open: "---b\r\n"),
            mixed("no last boundary", close: ""),
            mixed("last boundary of another case", close: "--B--\r\n"),
            row(
                "boundary in an encoded word, and decoded",
                Self.top + header("boundary=\"=?utf-8?q?b?=\"") + "\r\n--=?utf-8?q?b?=\r\n\r\nhello\r\n--b\r\n"
                    + attachment
                    + encoded + "--=?utf-8?q?b?=--\r\n"),
            row(
                "boundary of another case",
                Self.top + header("boundary=bbb") + "\r\n--bbb\r\n\r\nhello\r\n--BBB\r\n" + attachment + encoded
                    + "--bbb--\r\n"),
            row(
                "file before the first boundary",
                Self.top + header("boundary=b") + "\r\n" + uuencoded + "--b\r\n\r\nhello\r\n--b--\r\n"),
            row(
                "part behind the last boundary",
                Self.top + header("boundary=b") + "\r\n--b\r\n\r\nhello\r\n--b--\r\n--b\r\n" + attachment + encoded
                    + "--b--\r\n"),
            row(
                "file behind the last boundary",
                Self.top + header("boundary=b") + "\r\n--b\r\n\r\nhello\r\n--b--\r\n" + uuencoded),
            row(
                "boundary of the outer one in the inner one",
                Self.top + header("boundary=b") + "\r\n--b\r\n"
                    + "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
                    + attachment + encoded + "--b--\r\n--b--\r\n"),
            row(
                "inner boundary that begins like the outer one",
                Self.top + header("boundary=b") + "\r\n--b\r\n"
                    + "Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\n" + attachment + encoded
                    + "--bb--\r\n--b--\r\n"),
            row(
                "boundary right behind the fields",
                Self.top + header("boundary=b") + "\r\n--b\r\nContent-Type: text/plain\r\n--b\r\n" + attachment
                    + encoded
                    + "--b--\r\n"),
        ]
    }

    func encodings() -> [HiddenAttachment] {
        let text = Self.base64(file)
        let half = text.prefix(text.count / 8 * 4)
        let rest = text.dropFirst(half.count)
        // Padding in the middle: the first group has two letters of its own.
        let padded = Self.base64(Array(file.prefix(4))) + Self.base64(Array(file.dropFirst(4)))
        return [
            mixed("base64 with padding in the middle", body: padded + "\r\n"),
            mixed("base64 behind padding that pads nothing", body: "====\r\n" + encoded),
            mixed("base64 with a sign in a group", body: text.prefix(2) + "=" + text.dropFirst(2) + "\r\n"),
            mixed("base64 with junk before it", body: "!!!!\r\n" + encoded),
            mixed("base64 with junk in it", body: half + "!*\u{1}" + rest + "\r\n"),
            mixed("base64 with spaces in it", body: half + "  \t" + rest + "\r\n"),
            mixed("base64 with an empty line in it", body: half + "\r\n\r\n" + rest + "\r\n"),
            mixed("base64 with octets above 127", body: half + "é" + rest + "\r\n"),
            mixed("base64 with NUL in it", body: half + "\0" + rest + "\r\n"),
            mixed("base64 with dashes in it", body: half + "--" + rest + "\r\n"),
            mixed("base64 with a line of dashes", body: half + "\r\n--\r\n" + rest + "\r\n"),
            mixed("base64 with the URL alphabet", body: encoded.replacing("+", with: "-").replacing("/", with: "_")),
            mixed("base64 with a comment behind it", body: encoded + "(the end)\r\n"),
            mixed("base64 cut off", body: String(encoded.dropLast(3)) + "\r\n"),
            mixed(
                "quoted-printable with spaces behind the sign",
                part: "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                body: quoted.replacing("=\r\n", with: "= \r\n")),
            mixed(
                "quoted-printable in lower case", part: "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                body: quoted.lowercased()),
            mixed("uuencode", part: "Content-Transfer-Encoding: x-uuencode\r\n\r\n", body: uuencoded),
            mixed(
                "uuencode in a text", part: "Content-Type: text/plain\r\n\r\n",
                body: "see:\r\n\r\n" + uuencoded + "bye\r\n"),
            row("uuencode in a message that is not MIME", Self.top + "\r\nhello\r\n" + uuencoded),
            mixed("uuencode without an end", part: "\r\n", body: uuencoded.replacing("`\r\nend\r\n", with: "")),
            mixed("uuencode of another case", part: "\r\n", body: uuencoded.replacing("begin ", with: "Begin ")),
            HiddenAttachment(trick: "yEnc", message: Array((Self.top + "\r\n").utf8) + yEncoded),
            mixed("encoding that nobody knows", part: "Content-Transfer-Encoding: x-base64\r\n\r\n"),
            mixed(
                "encoding base64 for the multipart",
                header: Self.mime
                    + "Content-Transfer-Encoding: base64\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n"),
            mixed(
                "message/rfc822 in base64",
                part: "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n",
                body: Self.lines(Self.base64(Array((Self.top + Self.mime + attachment + encoded).utf8)))),
        ]
    }

    func structures() -> [HiddenAttachment] {
        func nested(_ depth: Int) -> HiddenAttachment {
            var message = Self.top + Self.mime
            for level in 0..<depth {
                message += "Content-Type: multipart/mixed; boundary=b\(level)x\r\n\r\n--b\(level)x\r\n"
            }
            message += attachment + encoded
            for level in (0..<depth).reversed() { message += "--b\(level)x--\r\n" }
            return row("multipart nested \(depth) deep", message)
        }
        func enclosed(_ depth: Int) -> HiddenAttachment {
            var message = ""
            for _ in 0..<depth { message += Self.top + Self.mime + "Content-Type: message/rfc822\r\n\r\n" }
            return row("message/rfc822 nested \(depth) deep", message + Self.top + Self.mime + attachment + encoded)
        }
        return [2, 19, 20, 21, 50, 99, 100, 101, 300].flatMap { [nested($0), enclosed($0)] } + [
            row(
                "message/partial",
                Self.top + Self.mime + "Content-Type: message/partial; id=x; number=1; total=1\r\n\r\n" + Self.top
                    + Self.mime + attachment + encoded),
            row(
                "1,200 parts",
                Self.top + Self.mime + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                    + String(repeating: "--b\r\n\r\nx\r\n", count: 1_200) + "--b\r\n" + attachment + encoded
                    + "--b--\r\n"),
            row(
                "12,000 parts",
                Self.top + Self.mime + "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
                    + String(repeating: "--b\r\n\r\nx\r\n", count: 12_000) + "--b\r\n" + attachment + encoded
                    + "--b--\r\n"),
            mixed(
                "text/plain with a file name",
                part: "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
        ]
    }

    func octets() -> [HiddenAttachment] {
        let whole = mixed("").message
        let text = String(decoding: whole, as: UTF8.self)
        func changed(_ trick: String, _ part: String, _ other: String) -> HiddenAttachment {
            row(trick, text.replacing(part, with: other))
        }
        return [
            changed("LF line ends", "\r\n", "\n"),
            changed("CR line ends", "\r\n", "\r"),
            changed("LF CR line ends", "\r\n", "\n\r"),
            changed("CR CR LF line ends", "\r\n", "\r\r\n"),
            changed("CR before the encoding", "\r\nContent-Transfer-Encoding", "\rContent-Transfer-Encoding"),
            changed("LF before the encoding", "\r\nContent-Transfer-Encoding", "\nContent-Transfer-Encoding"),
            changed("CR before the boundary", "\r\n--b\r\nContent-Type: app", "\r--b\r\nContent-Type: app"),
            changed("LF before the boundary", "\r\n--b\r\nContent-Type: app", "\n--b\r\nContent-Type: app"),
            changed("CR behind the boundary", "--b\r\nContent-Type: app", "--b\rContent-Type: app"),
            changed("CR CR LF before the boundary", "\r\n--b\r\nContent-Type: app", "\r\r\n--b\r\nContent-Type: app"),
            changed("CR in place of the empty line", "com\"\r\n\r\n", "com\"\r\r"),
            changed("NUL in the name of a field", "Content-Transfer", "Content\0-Transfer"),
            changed("NUL before the boundary", "\r\n--b\r\nContent-Type: app", "\r\n\0--b\r\nContent-Type: app"),
            changed("NUL in a type", "multipart/mixed", "multipart/mixed\0"),
            changed("vertical tab in an encoding", ": base64", ": \u{B}base64"),
            changed("vertical tab in a type", ": multipart", ": \u{B}multipart"),
            changed("no-break space in an encoding", ": base64", ": \u{A0}base64"),
        ]
    }
}
