import SMTPReporting
import SMTPSecurity
import Testing

@Suite("Digests of messages")
struct MessageDigestTests {
    @Test(
        "are those of FIPS 180-4, however long the message",
        arguments: [
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ])
    func known(_ text: String, _ times: Int, _ digest: String) async {
        let message = MessageContent(Array(String(repeating: text, count: times).utf8))
        #expect(await MessageDigest.sha256(message) == digest)
    }

    private struct Unreadable: Error {}

    @Test("are not there where a message cannot be read to its end", arguments: [true, false])
    func unreadable(_ fails: Bool) async {
        let message = MessageContent(count: 100_000) { offset, limit in
            if offset > 0, fails { throw Unreadable() }
            return offset > 0 ? [] : Array(repeating: 0, count: limit)
        }
        #expect(await MessageDigest.sha256(message) == nil)
    }
}
