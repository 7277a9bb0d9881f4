import SMTPSecurity
import SMTPSecurityTesting
import Synchronization
import Testing

@Suite("The authenticated user")
struct AuthenticatedUserTests {
    /// Notes what the context says at each `MAIL`.
    private struct Witness: SecurityCheck {
        static let name = "witness"
        static let stages: StageSet = .sender
        static let violations: [ViolationDefinition] = []
        let notes = Notes()

        final class Notes: Sendable {
            let users = Mutex<[String]>([])
        }

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> {
            let user = String(decoding: session.authenticatedUser, as: UTF8.self)
            notes.users.withLock { $0.append(session.isAuthenticated ? "\(user)!" : user) }
            return .pass
        }
    }

    /// A session, the lines that the client sends, and what the server behind answers to each of the AUTH lines.
    private func user(_ lines: [String], answers: [String]) async throws -> [String] {
        let witness = Witness()
        let harness = try await ProxyHarness(CheckPipeline(profile: .default) { witness }) {
            $0.extensions = ["AUTH PLAIN LOGIN CRAM-MD5 SCRAM-SHA-256 XOAUTH2 OAUTHBEARER"]
        }
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        for (line, answer) in zip(lines, answers) {
            // Whatever is no command of its own, the fake takes for one that it does not know.
            let key = line.split(separator: " ").first.map { $0.uppercased() } ?? ""
            harness.upstream.behaviours[key] = .send(answer + "\r\n")
            #expect(await harness.send(line + "\r\n") == answer + "\r\n")
        }
        await harness.send("MAIL FROM:<a@b.example>\r\n")
        return witness.notes.users.withLock { $0 }
    }

    @Test("is known after AUTH PLAIN with an initial response, and after one without")
    func plain() async throws {
        let response = base64("\0bob@example.org\0secret")
        #expect(try await user(["AUTH PLAIN \(response)"], answers: ["235 2.7.0 OK"]) == ["bob@example.org!"])
        #expect(try await user(["auth plain", response], answers: ["334 ", "235 2.7.0 OK"]) == ["bob@example.org!"])
    }

    @Test("is known after AUTH LOGIN, and is never the password")
    func login() async throws {
        let (name, secret) = (base64("bob"), base64("secret"))
        #expect(
            try await user(
                ["AUTH LOGIN", name, secret], answers: ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6", "235 2.7.0 OK"])
                == ["bob!"])
        #expect(
            try await user(["AUTH LOGIN \(name)", secret], answers: ["334 UGFzc3dvcmQ6", "235 2.7.0 OK"]) == ["bob!"])
    }

    @Test("is not known after a failure, nor of a failed attempt after one that does not say")
    func failure() async throws {
        let (bob, secret) = (base64("\0bob\0secret"), base64("secret"))
        #expect(try await user(["AUTH PLAIN \(bob)"], answers: ["535 5.7.8 No"]) == [""])
        #expect(
            try await user(["AUTH LOGIN", base64("bob"), secret], answers: ["334 x", "334 y", "535 5.7.8 No"]) == [""])
        #expect(
            try await user(["AUTH PLAIN \(bob)", "AUTH PLAIN ="], answers: ["535 5.7.8 No", "235 2.7.0 OK"]) == ["!"])
        #expect(
            try await user(
                ["AUTH PLAIN \(bob)", "AUTH PLAIN \(base64("\0eve\0x"))"], answers: ["454 4.7.0 Later", "235 2.7.0 OK"])
                == ["eve!"])
    }

    @Test("is empty where nobody authenticates")
    func none() async throws {
        #expect(try await user([], answers: []) == [""])
    }

    @Test("stays who it is: nobody gets TLS who has authenticated without")
    func startTLS() async throws {
        let witness = Witness()
        let profile = SecurityProfile("test") { $0.session.tls = .offered }
        let harness = try await ProxyHarness(CheckPipeline(profile: profile) { witness })
        await harness.begin()
        #expect(await harness.send("EHLO client.example\r\n").contains("STARTTLS"))
        await harness.send("AUTH PLAIN \(base64("\0bob\0secret"))\r\n")
        #expect(await harness.send("STARTTLS\r\n").hasPrefix("503 5.5.1 Already authenticated"))
        #expect(await !harness.send("EHLO client.example\r\n").contains("STARTTLS"))
        await harness.send("MAIL FROM:<a@b.example>\r\n")
        #expect(witness.notes.users.withLock { $0 } == ["bob!"])
    }

    @Test("is one who authenticates with TLS, whoever failed to without")
    func afterTLS() async throws {
        let witness = Witness()
        let profile = SecurityProfile("test") { $0.session.tls = .offered }
        let harness = try await ProxyHarness(CheckPipeline(profile: profile) { witness })
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        harness.upstream.behaviours["AUTH"] = .send("535 5.7.8 No\r\n")
        await harness.send("AUTH PLAIN \(base64("\0bob\0secret"))\r\n")
        #expect(await harness.send("STARTTLS\r\n").hasPrefix("220"))
        await harness.send("EHLO client.example\r\n")
        harness.upstream.behaviours["AUTH"] = .send("235 2.7.0 OK\r\n")
        await harness.send("AUTH PLAIN \(base64("\0eve\0secret"))\r\n")
        await harness.send("MAIL FROM:<a@b.example>\r\n")
        #expect(witness.notes.users.withLock { $0 } == ["eve!"])
    }
}
