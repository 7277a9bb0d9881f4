import SMTPDirectoryHarvest
import SMTPSecurity
import Testing

@Suite("The list of recipients")
struct RecipientListTests {
    private static let text = """
        # who is here
        alice@example.org
          Bob.Builder@Example.ORG\t

        "odd one"@example.org
        "plain"@example.org
        carol@[192.0.2.1]
        @lists.example.org
        dave@both.example
        @both.example
        """

    @Test(
        "knows what it has, in any case and with any quotes",
        arguments: [
            ("alice@example.org", RecipientList.Standing.known), ("ALICE@EXAMPLE.org", .known),
            ("\"alice\"@example.org", .known), ("\"a\\lice\"@example.org", .known), ("bob.builder@example.org", .known),
            ("\"odd one\"@example.org", .known), ("\"Odd One\"@example.org", .known), ("plain@example.org", .known),
            ("carol@[192.0.2.1]", .known), ("anything@lists.example.org", .known), ("x@both.example", .known),
            ("postmaster@example.org", .known), ("PostMaster@example.org", .known), ("postmaster@[192.0.2.1]", .known),
            ("mallory@example.org", .unknown), ("alice@[192.0.2.1]", .unknown),
            ("alice@sub.example.org", .notListed), ("alice@other.example", .notListed),
            ("alice@[192.0.2.2]", .notListed), ("postmaster@other.example", .notListed),
        ])
    func standing(_ mailbox: String, _ expected: RecipientList.Standing) throws {
        let list = try RecipientList(parsing: Self.text)
        #expect(list.domainCount == 4)
        let line = Array("RCPT TO:<\(mailbox)>".utf8)
        var command = ParsedCommand()
        try CommandParser.parse(line.span, into: &command)
        let view = CommandView(line: line.span, parsed: command)
        #expect(list.standing(of: view.path) == expected)
    }

    @Test("always knows <Postmaster>, and nobody's mailbox when it is empty")
    func postmaster() throws {
        for text in ["RCPT TO:<postmaster>", "rcpt to:<POSTMASTER>"] {
            let line = Array(text.utf8)
            var command = ParsedCommand()
            try CommandParser.parse(line.span, into: &command)
            let view = CommandView(line: line.span, parsed: command)
            #expect(RecipientList().standing(of: view.path) == .known)
        }
        #expect(RecipientList().standing(of: try Mailbox("a@b.example")) == .notListed)
    }

    @Test("reads any line end")
    func lineEnds() throws {
        let list = try RecipientList(parsing: "a@x.example\r\nb@x.example\n\r\n#\n@y.example")
        #expect(list.standing(of: try Mailbox("a@x.example")) == .known)
        #expect(list.standing(of: try Mailbox("b@x.example")) == .known)
        #expect(list.standing(of: try Mailbox("c@x.example")) == .unknown)
        #expect(list.standing(of: try Mailbox("c@y.example")) == .known)
    }

    @Test(
        "says which line is wrong, and what would be right",
        arguments: [
            "alice", "@", "alice@", "alice@@example.org", "a@b.example # comment", "@a@b.example", "<a@b.example>",
            "a@b.example,c@d.example", "a b@c.example", "a\u{0}@b.example",
        ])
    func errors(_ entry: String) {
        let error = #expect(throws: RecipientList.ParseError.self) {
            try RecipientList(parsing: "# first\nalice@example.org\n\(entry)\nalso wrong")
        }
        #expect(error?.line == 3)
        #expect(error?.description.hasPrefix("line 3: \"") == true)
        #expect(
            error?.description.contains("write alice@example.org for a mailbox, @example.org for all of a domain")
                == true)
        #expect(error?.description.contains("\0") == false)
    }

    @Test("grows by single mailboxes and whole domains")
    func insertion() throws {
        var list = RecipientList()
        list.insert(try Mailbox("Alice@Example.org"))
        #expect(list.standing(of: try Mailbox("alice@example.ORG")) == .known)
        #expect(list.standing(of: try Mailbox("bob@example.org")) == .unknown)
        list.insert(everyMailboxAt: .name("example.org"))
        #expect(list.standing(of: try Mailbox("bob@example.org")) == .known)
    }
}
