import Foundation

/// A message with a text, and an attachment that no other one has.
struct Mail: Sendable {
    let message: [UInt8]
    /// What is in it, decoded.
    let parts: [[UInt8]]

    /// One of about so many octets.
    init(_ octets: Int) {
        let head =
            "Received: from client by server\r\nFrom: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\nDate: Sat, 28 Nov 2026 11:00:00 +0000\r\n"
            + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
            + "Content-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        var seed = UInt64.random(in: 0...UInt64.max)
        let file = Data(
            (0..<max(1, octets * 57 / 78 - head.utf8.count)).map { _ in
                seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(seed >> 56)
            })
        let lines = file.base64EncodedString(options: [
            .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
        ])
        message = Array((head + lines + "\r\n--b--\r\n").utf8)
        parts = [Array("hello".utf8), [UInt8](file)]
    }
}
