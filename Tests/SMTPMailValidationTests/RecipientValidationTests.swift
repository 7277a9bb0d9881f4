import SMTPMailValidation
import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Recipients")
struct RecipientValidationTests {
    private func outcome(
        _ sender: String, _ recipients: [String], from client: String = "192.0.2.7",
        _ change: (inout RecipientValidation) -> Void = { _ in }
    ) async throws -> [String] {
        var check = RecipientValidation()
        change(&check)
        let pipeline = CheckPipeline { check }
        let harness = try await ProxyHarness(pipeline, client: client)
        await harness.begin()
        await harness.send("EHLO mail.example\r\n")
        await harness.send("MAIL FROM:<\(sender)>\r\n")
        var replies: [String] = []
        for recipient in recipients {
            replies.append(String(await harness.send("RCPT TO:<\(recipient)>\r\n").prefix(9)))
        }
        return replies
    }

    @Test("of a message from nobody are one (RFC 5321 §4.5.5)")
    func nullSender() async throws {
        #expect(try await outcome("", ["a@x.example", "b@x.example"]).map { $0.prefix(3) } == ["250", "550"])
        #expect(
            try await outcome("c@y.example", ["a@x.example", "b@x.example"]).map { $0.prefix(3) } == ["250", "250"])
    }

    @Test(
        "are of domains that mail is taken for",
        arguments: [
            ("a@x.example", "250"), ("a@X.EXAMPLE", "250"), ("a@sub.y.example", "250"), ("postmaster", "250"),
            ("a@y.example", "550"), ("a@notx.example", "550"), ("a@x.example.net", "550"), ("a@[192.0.2.1]", "550"),
        ])
    func relay(_ recipient: String, _ code: String) async throws {
        let replies = try await outcome("c@z.example", [recipient]) { $0.relayDomains = ["x.example", ".y.example"] }
        #expect(replies.map { String($0.prefix(3)) } == [code])
    }

    @Test("are any for clients that may relay")
    func relaying() async throws {
        let network = try IPNetwork("192.0.2.0/24")
        let replies = try await outcome("c@z.example", ["a@other.example"]) {
            $0.relayDomains = []
            $0.relayNetworks = [network]
        }
        #expect(replies.map { $0.prefix(3) } == ["250"])
    }
}
