import SMTPDNS
import SMTPMailValidation
import SMTPSecurity
import Testing

@Suite("Lists of senders and clients")
struct SenderListTests {
    @Test(
        "say which line is wrong, and what would be right",
        arguments: [
            (
                "sender",
                "line 1: \"sender\": write \"sender\" and an address or a domain, or \"client\" and a network or a name"
            ),
            ("\n# x\nmailbox a@b.c", "line 3: \"mailbox a@b.c\": write \"sender\" and"),
            ("sender a b", "line 1: \"sender a b\": write"),
            ("sender @", "line 1: \"sender @\": \"@\" is no address; alice@example.org is one"),
            ("client 192.0.2.0/33", "line 1: \"client 192.0.2.0/33\": \"192.0.2.0/33\" is no domain or network"),
            ("client 192.0.2.256", "line 1: \"client 192.0.2.256\": \"192.0.2.256\" is no domain or network"),
            ("sender a..b", "line 1: \"sender a..b\": \"a..b\" is no domain"), ("client .", "line 1: \"client .\""),
        ])
    func mistakes(_ text: String, _ wanted: String) {
        do throws(SenderList.ParseError) {
            _ = try SenderList(parsing: text)
            Issue.record("nothing was said")
        } catch {
            #expect(error.description.hasPrefix(wanted), "\(error)")
        }
    }

    @Test("can be empty")
    func empty() throws {
        #expect(try SenderList(parsing: "# nothing\n\n  \t\n").isEmpty)
        #expect(try !SenderList(parsing: "sender example.org # all of it").isEmpty)
    }
}
