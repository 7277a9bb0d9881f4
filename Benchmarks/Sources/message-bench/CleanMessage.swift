/// Messages as people send them.
enum CleanMessage {
    private static let top =
        "From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\nDate: Sat, 28 Nov 2026 11:00:00 +0000\r\nMIME-Version: 1.0\r\n"

    /// A text and an attachment in base64.
    static func withAttachment(octets: Int) -> [UInt8] {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var message = Array(
            (top + "Content-Type: multipart/mixed; boundary=\"=_b\"\r\n\r\n--=_b\r\nContent-Type: text/plain\r\n\r\n")
                .utf8)
        message += Array("hello\r\n--=_b\r\nContent-Type: application/pdf; name=a.pdf\r\n".utf8)
        message += Array("Content-Transfer-Encoding: base64\r\n\r\n".utf8)
        var seed: UInt64 = 1
        while message.count < octets {
            for _ in 0..<76 {
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                message.append(letters[Int(seed >> 58)])
            }
            message += [0x0D, 0x0A]
        }
        return message + Array("\r\n--=_b--\r\n".utf8)
    }

    /// Lines of text.
    static func text(octets: Int) -> [UInt8] {
        var message = Array((top + "\r\n").utf8)
        let line = Array("The quick brown fox jumps over the lazy dog - and the dog does not mind\r\n".utf8)
        while message.count < octets { message += line }
        return message
    }

    /// Text in quoted-printable.
    static func quotedPrintable(octets: Int) -> [UInt8] {
        var message = Array((top + "Content-Transfer-Encoding: quoted-printable\r\n\r\n").utf8)
        let line = Array("Der schnelle braune Fuchs springt =C3=BCber den faulen Hund, und der Hund =\r\n".utf8)
        while message.count < octets { message += line }
        return message
    }
}
