import SMTPSecurity
import Testing

@Suite("The identity in an AUTH exchange")
struct AuthenticationIdentityTests {
    /// A mechanism and the lines of an exchange, the initial response first.
    private static func identity(_ mechanism: String, initial: String = "", _ responses: [String] = []) -> String {
        let name = Array(mechanism.utf8)
        let first = Array(initial.utf8)
        var identity = AuthenticationIdentity(mechanism: name.span, initialResponse: first.span)
        for response in responses {
            let line = Array(response.utf8)
            identity.receive(line.span)
        }
        return String(decoding: identity.octets, as: UTF8.self)
    }

    /// What clients send, in clear.
    static let known: [(mechanism: String, response: String, identity: String)] = [
        // RFC 4616 §4
        ("PLAIN", "\0tim\0tanstaaftanstaaf", "tim"),
        ("PLAIN", "Ursel\0Kurt\0xipj3plmq", "Kurt"),
        ("plain", "\0bob@example.org\0p w", "bob@example.org"),
        ("PLAIN", "\0\u{FC}ser\0p", "\u{FC}ser"),
        ("LOGIN", "bob@example.org", "bob@example.org"),
        ("Login", " bob ", " bob "),
        // RFC 5802 §5, RFC 7677 §3
        ("SCRAM-SHA-1", "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL", "user"),
        ("SCRAM-SHA-256", "y,,n=user,r=rOprNGfwEbeRWgbNEkqO", "user"),
        ("SCRAM-SHA-256-PLUS", "p=tls-unique,,n=user,r=x", "user"),
        ("scram-sha-512", "n,a=admin,n=us=2Cer=3D1,r=x", "us,er=1"),
        ("SCRAM-SHA-1", "n,a==2C=3D,n==3D,r=x,ext=1", "="),
        ("XOAUTH2", "user=someuser@example.com\u{1}auth=Bearer ya29.vF9dft4q\u{1}\u{1}", "someuser@example.com"),
        // RFC 7628 §4.1
        (
            "OAUTHBEARER", "n,a=user@example.com,\u{1}host=server\u{1}port=143\u{1}auth=Bearer vF9\u{1}\u{1}",
            "user@example.com"
        ),
        ("OAUTHBEARER", "y,a=u=2Cv,\u{1}auth=Bearer vF9\u{1}\u{1}", "u,v"),
    ]

    @Test("stands in the initial response", arguments: known)
    func initialResponse(_ mechanism: String, _ response: String, _ identity: String) {
        #expect(Self.identity(mechanism, initial: base64(response)) == identity)
    }

    @Test("stands in the first response where there was no initial one", arguments: known)
    func firstResponse(_ mechanism: String, _ response: String, _ identity: String) {
        #expect(Self.identity(mechanism, [base64(response), base64("more")]) == identity)
    }

    @Test(
        "of CRAM-MD5 stands before the digest, and in no initial response",
        arguments: [
            ("tim b913a602c7eda7a495b4e6e7334d3890", "tim"),
            ("tim the enchanter b913a602c7eda7a495b4e6e7334d3890", "tim the enchanter"),
            ("b913a602c7eda7a495b4e6e7334d3890", ""), (" b913a602c7eda7a495b4e6e7334d3890", ""),
            ("tim b913a602c7eda7a495b4e6e7334d389", ""), ("tim b913a602c7eda7a495b4e6e7334d389x", ""), ("tim", ""),
            ("tim ", ""),
            ("tim secret", ""),
        ])
    func cramMD5(_ response: String, _ identity: String) {
        #expect(Self.identity("CRAM-MD5", [base64(response)]) == identity)
        #expect(Self.identity("CRAM-MD5", initial: base64(response), [base64(response)]) == "")
    }

    @Test(
        "is not known where something is missing or wrong",
        arguments: [
            ("PLAIN", ""), ("PLAIN", "tim"), ("PLAIN", "\0tim"), ("PLAIN", "\0tim\0"), ("PLAIN", "\0\0secret"),
            ("PLAIN", "\0tim\0a\0b"), ("PLAIN", "tim\0secret"),
            ("SCRAM-SHA-1", "n=user,r=x"), ("SCRAM-SHA-1", "n,,n=user"), ("SCRAM-SHA-1", "n,,n=,r=x"),
            ("SCRAM-SHA-1", "n,,m=ext,n=user,r=x"), ("SCRAM-SHA-1", "x,,n=user,r=x"),
            ("SCRAM-SHA-1", "n,b=c,n=user,r=x"),
            ("SCRAM-SHA-1", "n,,n=us=2Der,r=x"), ("SCRAM-SHA-1", "n,,n=us=2c,r=x"), ("SCRAM-SHA-1", "n,,n=us=2"),
            ("SCRAM-SHA-1", "n,a=,n=user,r=x"), ("SCRAM-SHA-1", "p,,n=user,r=x"), ("SCRAM-SHA-1", "p=tls-unique"),
            ("SCRAM-SHA-1", "n,,n=us\0er,r=x"),
            ("XOAUTH2", "user=bob"), ("XOAUTH2", "user=\u{1}auth=Bearer x\u{1}\u{1}"), ("XOAUTH2", "use"),
            ("XOAUTH2", "auth=Bearer x\u{1}user=bob\u{1}\u{1}"),
            ("OAUTHBEARER", "n,,\u{1}auth=Bearer x\u{1}\u{1}"), ("OAUTHBEARER", "n,a=bob\u{1}auth=Bearer x\u{1}\u{1}"),
            ("OAUTHBEARER", "n,a=bob,auth=Bearer x"), ("OAUTHBEARER", "n,a=bob,"),
            ("LOGIN", ""), ("GSSAPI", "bob"), ("EXTERNAL", "bob"), ("PLAINER", "\0tim\0x"), ("SCRAM", "n,,n=user,r=x"),
            ("", "bob"),
        ])
    func unknown(_ mechanism: String, _ response: String) {
        #expect(Self.identity(mechanism, initial: response.isEmpty ? "=" : base64(response)) == "")
        #expect(Self.identity(mechanism, [base64(response)]) == "")
    }

    @Test(
        "is not known where the text is not base64",
        arguments: ["*", "=", "a", "ab=", "dGlt!", "dGl=", "AHRpbQBz=", "===="])
    func malformed(_ text: String) {
        for mechanism in ["PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "XOAUTH2", "OAUTHBEARER"] {
            #expect(Self.identity(mechanism, initial: text) == "")
            #expect(Self.identity(mechanism, [text]) == "")
        }
    }

    @Test("is never what stands where the password does")
    func passwords() {
        #expect(Self.identity("LOGIN", [base64("bob"), base64("secret")]) == "bob")
        #expect(Self.identity("LOGIN", initial: base64("bob"), [base64("secret")]) == "bob")
        #expect(Self.identity("LOGIN", initial: "=", [base64("secret")]) == "")
        #expect(Self.identity("LOGIN", ["", base64("secret")]) == "")
        #expect(Self.identity("LOGIN", ["*", base64("secret")]) == "")
        #expect(Self.identity("PLAIN", initial: base64("nonsense"), [base64("\0bob\0secret")]) == "")
    }

    @Test("has at most 255 octets")
    func length() {
        let longest = String(repeating: "x", count: 255)
        func forms(_ user: String) -> [(String, String)] {
            [
                ("PLAIN", "\0\(user)\0secret"), ("LOGIN", user),
                ("CRAM-MD5", "\(user) b913a602c7eda7a495b4e6e7334d3890"),
                ("SCRAM-SHA-1", "n,,n=\(user),r=x"), ("XOAUTH2", "user=\(user)\u{1}auth=Bearer x\u{1}\u{1}"),
                ("OAUTHBEARER", "n,a=\(user),\u{1}auth=Bearer x\u{1}\u{1}"),
            ]
        }
        for (mechanism, response) in forms(longest) {
            #expect(Self.identity(mechanism, [base64(response)]) == longest, "\(mechanism)")
        }
        for (mechanism, response) in forms(longest + "x") {
            #expect(Self.identity(mechanism, [base64(response)]) == "", "\(mechanism)")
        }
    }

    @Test("is taken out of every prefix of a response without harm")
    func prefixes() {
        for (mechanism, response, _) in Self.known {
            let whole = Array(response.utf8)
            let encoded = Array(base64(whole).utf8)
            for count in 0...encoded.count { Self.read(mechanism, encoded[..<count]) }
            for count in 0...whole.count { Self.read(mechanism, Array(base64(Array(whole[..<count])).utf8)[...]) }
        }
    }

    /// Reads octets that have no neighbours, as an initial response and as a later one.
    private static func read(_ mechanism: String, _ octets: ArraySlice<UInt8>) {
        let name = Array(mechanism.utf8)
        let heap = HeapOctets(octets)
        let first = AuthenticationIdentity(mechanism: name.span, initialResponse: heap.span)
        var second = AuthenticationIdentity(mechanism: name.span, initialResponse: [UInt8]().span)
        second.receive(heap.span)
        for identity in [first, second] where identity.octets.count > AuthenticationIdentity.maximumOctets {
            Issue.record("\(Evidence(octets.span))")
        }
    }
}

/// Base64 text (RFC 4648 §4) of the UTF-8 form.
func base64(_ text: String) -> String { base64(Array(text.utf8)) }

/// Base64 text (RFC 4648 §4).
func base64(_ octets: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    var index = 0
    while index < octets.count {
        let group = octets[index..<min(index + 3, octets.count)]
        var bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
        var characters = ""
        for _ in 0..<4 {
            characters = "\(alphabet[bits & 63])" + characters
            bits >>= 6
        }
        text += characters.prefix(group.count + 1) + String(repeating: "=", count: 3 - group.count)
        index += 3
    }
    return text
}
