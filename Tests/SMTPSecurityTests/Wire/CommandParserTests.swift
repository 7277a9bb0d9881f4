import SMTPSecurity
import SMTPSecurityTesting
import Testing

/// Parses a line and gives it back in canonical form, or the error.
private func canonical(_ octets: [UInt8]) -> Result<String, CommandParseError> {
    var command = ParsedCommand()
    do throws(CommandParseError) {
        try CommandParser.parse(octets.span, into: &command)
    } catch {
        return .failure(error)
    }
    var output: [UInt8] = []
    CommandSerializer.serialize(CommandView(line: octets.span, parsed: command), into: &output)
    return .success(String(decoding: output.dropLast(2), as: UTF8.self))
}

private func canonical(_ line: String) -> Result<String, CommandParseError> { canonical(Array(line.utf8)) }

private func parse(_ line: String) throws -> OwnedCommand {
    let octets = Array(line.utf8)
    var command = ParsedCommand()
    try CommandParser.parse(octets.span, into: &command)
    return OwnedCommand(CommandView(line: octets.span, parsed: command))
}

private func letters(_ count: Int, _ letter: String = "a") -> String { String(repeating: letter, count: count) }

@Suite("Commands")
struct CommandParserTests {
    @Test("end, however long a path without an @ is, and wherever the @ stands", arguments: 1...140)
    func longPaths(_ count: Int) throws {
        for verb in ["MAIL FROM:", "RCPT TO:"] {
            let name = letters(count)
            #expect(throws: CommandParseError.self) { try parse("\(verb)<\(name)=b.c") }
            #expect(throws: CommandParseError.self) { try parse("\(verb)<\(name)>") }
            let long = Result { try parse("\(verb)<\(name)@\(letters(3)).\(letters(count))>") }
            #expect((try? long.get())?.address == (count <= 63 ? "\(name)@aaa.\(name)" : nil))
            // The same with octets that a domain name does not have, so that it is read in another way.
            let odd = Result { try parse("\(verb)<+\(name)_@[192.0.2.1]>") }
            #expect((try? odd.get())?.address == (count <= 62 ? "+\(name)_@[192.0.2.1]" : nil))
        }
    }

    @Test("show a tab after the verb as a deviation, whatever follows")
    func tabAfterVerb() throws {
        for line in ["EHLO\tclient.mail.example.org", "EHLO\ta.b", "MAIL\tFROM:<alice@mail.example.org>"] {
            #expect(try parse(line).parsed.leniencies == .extraSpace)
        }
    }

    static let accepted: [(String, String)] = [
        ("NOOP", "NOOP"), ("noop", "NOOP"), ("NoOp hello there", "NOOP hello there"), ("QUIT", "QUIT"),
        ("RSET  ", "RSET"),
        ("DATA", "DATA"), ("STARTTLS", "STARTTLS"), ("TURN", "TURN"), ("HELP", "HELP"), ("HELP MAIL", "HELP MAIL"),
        ("VRFY root", "VRFY root"), ("EXPN staff", "EXPN staff"), ("ETRN @example.org", "ETRN @example.org"),
        ("ATRN", "ATRN"),
        ("ATRN a.example,b.example", "ATRN a.example,b.example"), ("XCLIENT ADDR=1.2.3.4", "XCLIENT ADDR=1.2.3.4"),
        ("XFORWARD NAME=x", "XFORWARD NAME=x"), ("BURL imap://x LAST", "BURL imap://x LAST"), ("FOO", "FOO"),
        ("foo bar", "foo bar"),
        ("X-FOO_1", "X-FOO_1"),
        // Greetings.
        ("EHLO a.example", "EHLO a.example"), ("helo A.Example", "HELO A.Example"), ("LHLO x", "LHLO x"),
        ("EHLO [192.0.2.1]", "EHLO [192.0.2.1]"), ("EHLO [IPv6:2001:db8::1]", "EHLO [IPv6:2001:db8::1]"),
        ("EHLO under_score", "EHLO under_score"), ("EHLO trailing.dot.", "EHLO trailing.dot."),
        // BDAT.
        ("BDAT 0", "BDAT 0"), ("bdat 86400 last", "BDAT 86400 LAST"),
        ("BDAT 9223372036854775807", "BDAT 9223372036854775807"),
        ("BDAT 007", "BDAT 7"),
        // AUTH.
        ("AUTH PLAIN", "AUTH PLAIN"), ("AUTH PLAIN =", "AUTH PLAIN ="),
        ("auth SCRAM-SHA-256 bixhPWI=", "AUTH SCRAM-SHA-256 bixhPWI="),
        ("AUTH LOGIN AAAA", "AUTH LOGIN AAAA"), ("AUTH X YQ==", "AUTH X YQ=="),
        // Paths.
        ("MAIL FROM:<>", "MAIL FROM:<>"), ("mail from:<a@b>", "MAIL FROM:<a@b>"),
        ("MAIL FROM: <a@b>", "MAIL FROM:<a@b>"),
        ("MAIL FROM:<a.b+c=d/e!#$%&'*-?^_`{|}~@b.example>", "MAIL FROM:<a.b+c=d/e!#$%&'*-?^_`{|}~@b.example>"),
        ("MAIL FROM:<\"a b\"@c.example>", "MAIL FROM:<\"a b\"@c.example>"),
        (#"MAIL FROM:<"a\"\\\>@b"@c.example>"#, #"MAIL FROM:<"a\"\\\>@b"@c.example>"#),
        ("MAIL FROM:<\"\"@c.example>", "MAIL FROM:<\"\"@c.example>"),
        ("MAIL FROM:<a@[127.0.0.1]>", "MAIL FROM:<a@[127.0.0.1]>"),
        ("MAIL FROM:<a@[IPv6:::1]>", "MAIL FROM:<a@[IPv6:::1]>"),
        ("MAIL FROM:<a@[X-tag:some.content]>", "MAIL FROM:<a@[X-tag:some.content]>"),
        ("MAIL FROM:<@a.example,@b.example:c@d.example>", "MAIL FROM:<c@d.example>"),
        ("RCPT TO:<Postmaster>", "RCPT TO:<Postmaster>"), ("RCPT TO:<POSTMASTER>", "RCPT TO:<POSTMASTER>"),
        ("RCPT TO:<postmaster@x>", "RCPT TO:<postmaster@x>"), ("RCPT TO:<a@1.2.3>", "RCPT TO:<a@1.2.3>"),
        ("MAIL FROM:<jürgen@müller.example> SMTPUTF8", "MAIL FROM:<jürgen@müller.example> SMTPUTF8"),
        ("SEND FROM:<a@b>", "SEND FROM:<a@b>"), ("SOML FROM:<a@b>", "SOML FROM:<a@b>"),
        ("SAML FROM:<a@b>", "SAML FROM:<a@b>"),
        ("MAIL FROM:<\(letters(64))@b>", "MAIL FROM:<\(letters(64))@b>"),
        ("MAIL FROM:<a@\(letters(63)).\(letters(63))>", "MAIL FROM:<a@\(letters(63)).\(letters(63))>"),
        // 1 + 64 + 1 + 189 + 1 = 256 octets.
        (
            "MAIL FROM:<\(letters(64))@\(letters(63)).\(letters(63)).\(letters(61))>",
            "MAIL FROM:<\(letters(64))@\(letters(63)).\(letters(63)).\(letters(61))>"
        ),
        // Parameters.
        ("MAIL FROM:<a@b> size=10  body=8bitmime", "MAIL FROM:<a@b> SIZE=10 BODY=8bitmime"),
        ("MAIL FROM:<a@b> BODY=7BIT", "MAIL FROM:<a@b> BODY=7BIT"),
        ("MAIL FROM:<a@b> BODY=BINARYMIME", "MAIL FROM:<a@b> BODY=BINARYMIME"),
        ("MAIL FROM:<a@b> AUTH=<>", "MAIL FROM:<a@b> AUTH=<>"),
        ("MAIL FROM:<a@b> AUTH=e+3Dmc2@x.example", "MAIL FROM:<a@b> AUTH=e+3Dmc2@x.example"),
        ("MAIL FROM:<a@b> RET=HDRS ENVID=QQ+2B1", "MAIL FROM:<a@b> RET=HDRS ENVID=QQ+2B1"),
        ("MAIL FROM:<a@b> MT-PRIORITY=-9", "MAIL FROM:<a@b> MT-PRIORITY=-9"),
        ("MAIL FROM:<a@b> MT-PRIORITY=3", "MAIL FROM:<a@b> MT-PRIORITY=3"),
        ("MAIL FROM:<a@b> HOLDFOR=86400", "MAIL FROM:<a@b> HOLDFOR=86400"),
        ("MAIL FROM:<a@b> HOLDUNTIL=2027-02-28T23:59:60Z", "MAIL FROM:<a@b> HOLDUNTIL=2027-02-28T23:59:60Z"),
        (
            "MAIL FROM:<a@b> HOLDUNTIL=2028-02-29T01:02:03.5+01:00",
            "MAIL FROM:<a@b> HOLDUNTIL=2028-02-29T01:02:03.5+01:00"
        ),
        ("MAIL FROM:<a@b> BY=120;R", "MAIL FROM:<a@b> BY=120;R"),
        ("MAIL FROM:<a@b> BY=-5;NT", "MAIL FROM:<a@b> BY=-5;NT"),
        ("MAIL FROM:<a@b> REQUIRETLS", "MAIL FROM:<a@b> REQUIRETLS"),
        ("MAIL FROM:<a@b> X-FOO=bar BAZ", "MAIL FROM:<a@b> X-FOO=bar BAZ"),
        ("MAIL FROM:<a@b> AUTH=+C3+A9@b", "MAIL FROM:<a@b> AUTH=+C3+A9@b"),
        ("MAIL FROM:<a@b> AUTH=+22a+20b+22@[1.2.3.4]", "MAIL FROM:<a@b> AUTH=+22a+20b+22@[1.2.3.4]"),
        ("MAIL FROM:<a@b> ENVID=+20+7E", "MAIL FROM:<a@b> ENVID=+20+7E"),
        ("RCPT TO:<a@b> ORCPT=a!b;c", "RCPT TO:<a@b> ORCPT=a!b;c"),
        ("RCPT TO:<a@b> ORCPT=utf-8;\\x{20AC}\\x{2B}@b", "RCPT TO:<a@b> ORCPT=utf-8;\\x{20AC}\\x{2B}@b"),
        ("MAIL FROM:<a@[IPv6:1:2:3:4:5:6::]>", "MAIL FROM:<a@[IPv6:1:2:3:4:5:6::]>"),
        ("VRFY jürgen SMTPUTF8", "VRFY jürgen SMTPUTF8"),
        ("RCPT TO:<a@b> NOTIFY=NEVER", "RCPT TO:<a@b> NOTIFY=NEVER"),
        (
            "RCPT TO:<a@b> NOTIFY=SUCCESS,failure,DELAY ORCPT=rfc822;a+2Bx@b",
            "RCPT TO:<a@b> NOTIFY=SUCCESS,failure,DELAY ORCPT=rfc822;a+2Bx@b"
        ),
        ("RCPT TO:<a@b> ORCPT=utf-8;jürgen@x", "RCPT TO:<a@b> ORCPT=utf-8;jürgen@x"),
        (
            "MAIL FROM:<a@b>" + (1...16).map { " X\($0)" }.joined(),
            "MAIL FROM:<a@b>" + (1...16).map { " X\($0)" }.joined()
        ),
    ]

    @Test("are understood and written in canonical form", arguments: accepted)
    func accepts(_ line: String, _ expected: String) {
        #expect(canonical(line) == .success(expected))
        #expect(canonical(expected) == .success(expected), "writing it again changes nothing")
    }

    static let refused: [(String, CommandParseError.Kind, Int)] = [
        ("", .missingVerb, 0), (" NOOP", .missingVerb, 0), ("123", .missingVerb, 0), ("-X", .missingVerb, 0),
        ("é", .missingVerb, 0),
        ("NOOP:", .malformedVerb, 4), ("Subject: x", .malformedVerb, 7), (letters(65), .malformedVerb, 64),
        ("NOOP\0", .forbiddenOctet, 4), ("NOOP\u{7F}", .forbiddenOctet, 4), ("NO\rOP", .forbiddenOctet, 2),
        ("NOOP a\nb", .forbiddenOctet, 6), ("NOOP a\tb", .forbiddenOctet, 6), ("NOOP \u{85}", .forbiddenOctet, 5),
        ("EHLO", .missingArgument, 4), ("EHLO ", .missingArgument, 4), ("EHLO a b", .malformedGreeting, 6),
        ("EHLO [1.2.3]", .malformedGreeting, 5), ("VRFY", .missingArgument, 4), ("AUTH", .missingArgument, 4),
        ("BDAT", .missingArgument, 4),
        ("MAIL", .missingArgument, 4), ("RCPT", .missingArgument, 4), ("DATA x", .unexpectedArgument, 5),
        ("QUIT now", .unexpectedArgument, 5),
        ("RSET x", .unexpectedArgument, 5), ("STARTTLS x", .unexpectedArgument, 9),
        ("MAIL TO:<a@b>", .missingKeyword, 5), ("RCPT FROM:<a@b>", .missingKeyword, 5),
        ("MAIL <a@b>", .missingKeyword, 5),
        ("MAIL FROM <a@b>", .missingKeyword, 5), ("MAIL FROM:", .missingArgument, 10),
        ("MAIL FROM:a@b", .missingAngleBracket, 10),
        ("MAIL FROM:<a@b", .missingAngleBracket, 14), ("MAIL FROM:<a@b SIZE=1", .missingAngleBracket, 14),
        ("MAIL FROM:<<a@b>>", .malformedLocalPart, 11), ("MAIL FROM:<.a@b>", .malformedLocalPart, 11),
        ("MAIL FROM:<a.@b>", .malformedLocalPart, 13),
        ("MAIL FROM:<a..b@c>", .malformedLocalPart, 13), ("MAIL FROM:<a b@c>", .malformedLocalPart, 12),
        ("MAIL FROM:<@b>", .malformedSourceRoute, 13),
        ("MAIL FROM:<@a.example,b:c@d>", .malformedSourceRoute, 22), ("MAIL FROM:<\"a@b>", .malformedLocalPart, 16),
        ("MAIL FROM:<\"a\"b@c>", .malformedLocalPart, 14), ("MAIL FROM:<a>", .missingDomain, 12),
        ("MAIL FROM:<Postmaster>", .missingDomain, 21),
        ("RCPT TO:<>", .nullForwardPath, 9), ("RCPT TO:<root>", .missingDomain, 13),
        ("MAIL FROM:<a@>", .malformedDomain, 13),
        ("MAIL FROM:<a@-b>", .malformedDomain, 13), ("MAIL FROM:<a@b->", .malformedDomain, 15),
        ("MAIL FROM:<a@b..c>", .malformedDomain, 15),
        ("MAIL FROM:<a@b.>", .malformedDomain, 15), ("MAIL FROM:<a@b_c>", .malformedDomain, 14),
        ("MAIL FROM:<a@b@c>", .malformedDomain, 14),
        ("MAIL FROM:<a@[1.2.3]>", .malformedAddressLiteral, 14),
        ("MAIL FROM:<a@[01.2.3.4]>", .malformedAddressLiteral, 14),
        ("MAIL FROM:<a@[256.2.3.4]>", .malformedAddressLiteral, 14),
        ("MAIL FROM:<a@[1.2.3.4>", .malformedAddressLiteral, 22),
        ("MAIL FROM:<a@[]>", .malformedAddressLiteral, 14),
        ("MAIL FROM:<a@[IPv6:1.2.3.4]>", .malformedAddressLiteral, 19),
        ("MAIL FROM:<a@[IPv6:1::2::3]>", .malformedAddressLiteral, 19),
        ("MAIL FROM:<a@[tag:]>", .malformedAddressLiteral, 14),
        ("MAIL FROM:<\(letters(65))@b>", .localPartTooLong, 11), ("MAIL FROM:<a@\(letters(64))>", .domainTooLong, 13),
        (
            "MAIL FROM:<\(letters(64))@\(letters(63)).\(letters(63)).\(letters(62))>", .pathTooLong, 10
        ),
        (
            "MAIL FROM:<a@\(letters(63)).\(letters(63)).\(letters(63)).\(letters(64, "b").dropLast())b>",
            .domainTooLong, 205
        ),
        ("MAIL FROM:<a@b> AUTH=a", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> AUTH=+2E+2E@b", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> AUTH=+C3@b", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> AUTH=a@b+0A", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> ENVID=+0A", .malformedParameterValue, 22),
        ("MAIL FROM:<a@b> ENVID=+C3+A9", .malformedParameterValue, 22),
        ("RCPT TO:<a@b> ORCPT=rfc822;+0D", .malformedParameterValue, 20),
        ("RCPT TO:<a@b> ORCPT=utf-8;\\x{0A}", .malformedParameterValue, 20),
        ("RCPT TO:<a@b> ORCPT=utf-8;\\x{D800}", .malformedParameterValue, 20),
        ("MAIL FROM:<a@b> HOLDUNTIL=2027-01-01T00:00:60Z", .malformedParameterValue, 26),
        ("MAIL FROM:<a@b> HOLDFOR=1 HOLDUNTIL=2027-01-01T00:00:00Z", .duplicateParameter, 26),
        ("AUTH PLAIN YR==", .malformedAuthentication, 11),
        ("AUTH PLAIN YWJ=", .malformedAuthentication, 11),
        ("MAIL FROM:<a@[IPv6:1:2:3:4:5:6:7::]>", .malformedAddressLiteral, 19),
        ("MAIL FROM:<@[1.2.3.4]:a@b>", .malformedSourceRoute, 12),
        ("MAIL FROM:<x@a。b>", .malformedDomain, 14),
        ("MAIL FROM:<x@a．b>", .malformedDomain, 14),
        ("MAIL FROM:<a@b>SIZE=1", .malformedParameter, 15), ("MAIL FROM:<a@b> =1", .malformedParameter, 16),
        ("MAIL FROM:<a@b> SIZE==1", .malformedParameterValue, 21), ("MAIL FROM:<a@b> -X=1", .malformedParameter, 16),
        ("MAIL FROM:<a@b> SIZE", .parameterValueMismatch, 20),
        ("MAIL FROM:<a@b> SMTPUTF8=1", .parameterValueMismatch, 24),
        ("MAIL FROM:<a@b> SIZE=", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> SIZE=1x", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> SIZE=9223372036854775808", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> SIZE=000000000000000000001", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> BODY=9BIT", .malformedParameterValue, 21),
        ("MAIL FROM:<a@b> RET=ALL", .malformedParameterValue, 20),
        ("MAIL FROM:<a@b> ENVID=a+2b", .malformedParameterValue, 22),
        ("MAIL FROM:<a@b> ENVID=\(letters(101))", .malformedParameterValue, 22),
        ("MAIL FROM:<a@b> MT-PRIORITY=10", .malformedParameterValue, 28),
        ("MAIL FROM:<a@b> MT-PRIORITY=-0", .malformedParameterValue, 28),
        ("MAIL FROM:<a@b> HOLDFOR=0", .malformedParameterValue, 24),
        ("MAIL FROM:<a@b> HOLDFOR=007", .malformedParameterValue, 24),
        ("MAIL FROM:<a@b> HOLDUNTIL=2027-02-29T00:00:00Z", .malformedParameterValue, 26),
        ("MAIL FROM:<a@b> HOLDUNTIL=2027-01-01T24:00:00Z", .malformedParameterValue, 26),
        ("MAIL FROM:<a@b> HOLDUNTIL=2027-01-01T00:00:00", .malformedParameterValue, 26),
        ("MAIL FROM:<a@b> BY=0;R", .malformedParameterValue, 19),
        ("MAIL FROM:<a@b> BY=5", .malformedParameterValue, 19),
        ("MAIL FROM:<a@b> BY=5;X", .malformedParameterValue, 19),
        ("MAIL FROM:<a@b> BY=1234567890;N", .malformedParameterValue, 19),
        ("MAIL FROM:<a@b> SIZE=1 size=1", .duplicateParameter, 23),
        ("MAIL FROM:<a@b> X-A=1 x-a=2", .duplicateParameter, 22),
        ("MAIL FROM:<a@b> NOTIFY=NEVER", .misplacedParameter, 16),
        ("RCPT TO:<a@b> SIZE=1", .misplacedParameter, 14), ("RCPT TO:<a@b> SMTPUTF8", .misplacedParameter, 14),
        ("RCPT TO:<a@b> NOTIFY=NEVER,DELAY", .malformedParameterValue, 21),
        ("RCPT TO:<a@b> NOTIFY=DELAY,DELAY", .malformedParameterValue, 21),
        ("RCPT TO:<a@b> NOTIFY=", .malformedParameterValue, 21),
        ("RCPT TO:<a@b> ORCPT=rfc822", .malformedParameterValue, 20),
        ("RCPT TO:<a@b> ORCPT=;x", .malformedParameterValue, 20),
        ("RCPT TO:<a@b> ORCPT=rfc822;jürgen", .malformedParameterValue, 20),
        ("MAIL FROM:<a@b>" + (1...17).map { " X\($0)" }.joined(), .tooManyParameters, 71),
        ("BDAT x", .malformedChunkSize, 5), ("BDAT -1", .malformedChunkSize, 5),
        ("BDAT 9223372036854775808", .malformedChunkSize, 5),
        ("BDAT 1LAST", .malformedChunkSize, 6), ("BDAT 1 FIRST", .unexpectedArgument, 7),
        ("BDAT 1 LAST x", .unexpectedArgument, 7),
        ("AUTH PLAIN a", .malformedAuthentication, 11), ("AUTH PLAIN a===", .malformedAuthentication, 11),
        ("AUTH PLAIN =AAA", .malformedAuthentication, 11),
        ("AUTH PLAIN AA=A", .malformedAuthentication, 11), ("AUTH \(letters(21))", .malformedAuthentication, 5),
        ("AUTH PLAIN AAAA AAAA", .malformedAuthentication, 11),
    ]

    @Test("that break the grammar are refused, with the reason and the place", arguments: refused)
    func refuses(_ line: String, _ kind: CommandParseError.Kind, _ offset: Int) {
        #expect(canonical(line) == .failure(CommandParseError(kind, at: offset)))
    }

    @Test(
        "hold nothing that is not UTF-8",
        arguments: [
            [0x80], [0xC0, 0xAF], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF8, 0x88, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82],
        ] as [[UInt8]])
    func utf8(_ octets: [UInt8]) {
        #expect(canonical(Array("NOOP ".utf8) + octets) == .failure(CommandParseError(.invalidUTF8, at: 5)))
        #expect(
            canonical(Array("MAIL FROM:<".utf8) + octets + Array("@b>".utf8))
                == .failure(CommandParseError(.invalidUTF8, at: 11)))
    }

    @Test("are refused where no offset could name a place in them")
    func lineTooLong() {
        #expect(canonical("NOOP " + letters(65_531)) == .failure(CommandParseError(.lineTooLong, at: 65_535)))
        #expect(canonical("NOOP " + letters(65_530)) == .success("NOOP " + letters(65_530)))
    }

    @Test("report what they tolerate")
    func leniencies() throws {
        #expect(try parse("MAIL FROM:<a@b>").parsed.leniencies == [])
        #expect(try parse("MAIL FROM: <a@b>").parsed.leniencies == .spaceBeforePath)
        #expect(try parse("MAIL FROM:<a@b> ").parsed.leniencies == .trailingSpace)
        #expect(try parse("MAIL\tFROM:<a@b>").parsed.leniencies == .extraSpace)
        #expect(try parse("MAIL FROM:<@a:a@b>").parsed.leniencies == .sourceRoute)
        #expect(try parse("HELO a_b").parsed.leniencies == .improperGreetingName)
    }

    @Test("give their parts")
    func parts() throws {
        let mail = try parse("MAIL FROM:<\"a\\\"b\"@[IPv6:2001:DB8::1]> SIZE=5 BODY=8BITMIME RET=FULL")
        #expect(mail.verb == .mail)
        #expect(mail.parsed.size == 5)
        #expect(mail.parsed.values.body == .eightBitMIME)
        #expect(mail.parsed.values.ret == .full)
        #expect(mail.view.parameterCount == 3)
        #expect(mail.view.position(of: .body) == 1)
        #expect(mail.view.position(of: .auth) == nil)
        let copy = Mailbox(mail.view.path)
        let mailbox = try #require(copy)
        #expect(mailbox.localPart.text == "a\"b")
        #expect(mailbox.domain == .address(try IPAddress("2001:db8::1")))
        #expect(mailbox.description == #""a\"b"@[IPv6:2001:db8::1]"#)
        let null = try parse("MAIL FROM:<>")
        let postmaster = try parse("RCPT TO:<postmaster>")
        let reverse = [ReversePath(mail.view.path), ReversePath(null.view.path), ReversePath(postmaster.view.path)]
        #expect(reverse == [.mailbox(mailbox), .null, nil])
        let forward = [ForwardPath(mail.view.path), ForwardPath(null.view.path), ForwardPath(postmaster.view.path)]
        #expect(forward == [.mailbox(mailbox), nil, .postmaster])
        let rcpt = try parse("RCPT TO:<a@B.Example> NOTIFY=DELAY,FAILURE")
        #expect(rcpt.parsed.values.notify == [.delay, .failure])
        let isSame = ["b.eXample", "b.example.org", "b"].map { rcpt.view.path.domainEquals($0) }
        #expect(isSame == [true, false, false])
        #expect(rcpt.address == "a@B.Example")
        #expect(try parse("EHLO x.example").argument == "x.example")
    }

    @Test("Generated lines never crash the parser, and what it accepts it writes once and for all")
    func generated() {
        var generator = Generator(seed: 0xC0FFEE)
        let seeds = Self.accepted.map { Array($0.0.utf8) } + Self.refused.map { Array($0.0.utf8) }
        let interesting: [UInt8] = Array("<>@:;=,.\"\\[]+- \t\0\r\n".utf8) + [0x7F, 0x80, 0xC2, 0xE2, 0xFF]
        for _ in 0..<Generator.cases(30_000) {
            var line = seeds[Int(generator.next() % UInt64(seeds.count))]
            for _ in 0..<Int(generator.next() % 4) {
                let place = Int(generator.next() % UInt64(line.count + 1))
                switch generator.next() % 4 {
                case 0: line.insert(interesting[Int(generator.next() % UInt64(interesting.count))], at: place)
                case 1: if place < line.count { line.remove(at: place) }
                case 2: if place < line.count { line[place] = UInt8(truncatingIfNeeded: generator.next()) }
                default:
                    let other = seeds[Int(generator.next() % UInt64(seeds.count))]
                    line = Array(line[..<place]) + other.suffix(Int(generator.next() % UInt64(other.count + 1)))
                }
            }
            switch canonical(line) {
            case .failure(let error):
                if Int(error.offset) > line.count { Issue.record("\(Evidence(line.span)): offset \(error.offset)") }
            case .success(let written):
                if canonical(written) != .success(written) {
                    Issue.record("\(Evidence(line.span)) → \(Evidence(written))")
                }
                if !isCanonical(Array(written.utf8)) { Issue.record("\(Evidence(line.span)) → \(Evidence(written))") }
            }
        }
    }
}

@Suite("Addresses")
struct AddressTests {
    @Test(
        "are read and written in canonical form",
        arguments: [
            ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"), ("::", "::"),
            ("::1", "::1"),
            ("1::", "1::"), ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
            ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("0:0:0:0:0:0:0:0", "::"), ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1"), ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
            ("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"),
        ])
    func valid(_ text: String, _ canonical: String) throws {
        #expect(try IPAddress(text).description == canonical)
        #expect(try IPAddress(canonical) == IPAddress(text))
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", ".1.2.3", "1.2.3.4 ", ":", ":::",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "1::2::3", "::12345", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "g::", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3",
            "::1%eth0", "1:2:3:4:5:6:7:",
        ])
    func invalid(_ text: String) {
        #expect(throws: IPAddress.ParseError.self) { try IPAddress(text) }
    }

    @Test(
        "belong to networks",
        arguments: [
            ("192.0.2.0/24", "192.0.2.255", true), ("192.0.2.0/24", "192.0.3.0", false),
            ("0.0.0.0/0", "255.1.2.3", true),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/65", "2001:db8::8000:0:0:0", false), ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false), ("::1/128", "::1", true),
        ])
    func networks(_ network: String, _ address: String, _ contains: Bool) throws {
        #expect(try IPNetwork(network).contains(try IPAddress(address)) == contains)
    }

    @Test(
        "in networks that are none are refused",
        arguments: ["192.0.2.1/24", "192.0.2.0/33", "::/129", "192.0.2.0/", "192.0.2.0/x", "/24", "::1/0"])
    func invalidNetworks(_ text: String) {
        #expect(throws: IPAddress.ParseError.self) { try IPNetwork(text) }
    }

    @Test("in IPv6 notation are IPv4 in the end")
    func canonical() throws {
        #expect(try IPAddress("::ffff:192.0.2.1").canonical == IPAddress("192.0.2.1"))
        #expect(try IPAddress("::192.0.2.1").canonical == IPAddress("::192.0.2.1"))
    }

    @Test("of mailboxes compare domains without case and local parts with it")
    func mailboxes() throws {
        #expect(try Mailbox("a@B.example") == Mailbox("a@b.EXAMPLE"))
        #expect(try Mailbox("A@b.example") != Mailbox("a@b.example"))
        #expect(try Mailbox("\"a\"@b.example") == Mailbox("a@b.example"))
        #expect(try Mailbox("\"a b\"@c.example").description == "\"a b\"@c.example")
        #expect(throws: CommandParseError(.malformedDomain, at: 2)) { try Mailbox("a@-b") }
    }

    @Test(
        "of mailboxes hold nothing else",
        arguments: [
            ("a@b> X=", .malformedDomain, 3), ("a@b> SIZE=1 X=1", .malformedDomain, 3),
            ("@a.example:a@b", .malformedLocalPart, 0), ("\"a", .malformedLocalPart, 2), ("", .missingDomain, 0),
            ("a@[1.2.3.4", .malformedAddressLiteral, 10), ("a@b>", .malformedParameter, 4),
            ("postmaster", .missingDomain, 10),
        ] as [(String, CommandParseError.Kind, Int)])
    func onlyMailboxes(_ text: String, _ kind: CommandParseError.Kind, _ offset: Int) {
        #expect(throws: CommandParseError(kind, at: offset)) { try Mailbox(text) }
    }

    @Test(
        "AUTH responses are *, nothing, or base64",
        arguments: [
            ("*", AuthenticationResponse.cancel), ("", .empty), ("AAAA", .encoded), ("YQ==", .encoded), ("**", nil),
            ("YQ=", nil), ("Y Q=", nil), ("=", nil),
        ])
    func responses(_ line: String, _ response: AuthenticationResponse?) {
        let octets = Array(line.utf8)
        #expect(AuthenticationResponse(parsing: octets.span) == response)
    }
}
