import SMTPSecurityTesting
import Testing

@testable import SMTPSecurity

@Suite("What checks write at the top of messages")
struct MessageTraceTests {
    /// Writes what it is told to.
    private struct Writer: SecurityCheck {
        static let name = "writer"
        static let stages: StageSet = [.message, .content]
        static let violations: [ViolationDefinition] = []

        var trace: MessageTrace
        var wantsWhole = false

        var stages: StageSet { wantsWhole ? .message : [] }

        func evaluate(
            _ event: SessionEvent, in session: SessionContext, state: inout NoState
        ) -> Evaluation<NoState> { .pass }

        func trace(in session: SessionContext) -> MessageTrace {
            var trace = trace
            trace.fields.append(TraceField("X-Sender", [String(decoding: session.reversePath, as: UTF8.self)]))
            return trace
        }
    }

    private func received(
        _ writers: [Writer], service: String? = "mx.our.example", parameters: String = "", _ content: [String]
    ) async throws -> [String] {
        let profile = SecurityProfile("test") {
            $0.session.authenticationService = service
            for writer in writers { $0.install(writer) }
        }
        let harness = try await ProxyHarness(AnyCheckPipeline(profile: profile))
        await harness.begin()
        await harness.send("EHLO client.example\r\n")
        for text in content {
            await harness.send("MAIL FROM:<a@b.example>\(parameters)\r\nRCPT TO:<alice@our.example>\r\n")
            if text.hasPrefix("BDAT") {
                await harness.send(text)
            } else {
                #expect(await harness.send("DATA\r\n").hasPrefix("250 2.1.0") == false)
                #expect(await harness.send(text).hasPrefix("250"))
            }
        }
        return harness.upstream.messages.map { String(decoding: $0, as: UTF8.self) }
    }

    private static let result = AuthenticationResult(
        "spf", "pass", properties: [.init("smtp", "mailfrom", "a@b.example")])

    @Test("comes first, whether messages are kept or stream", arguments: [true, false])
    func place(_ isKept: Bool) async throws {
        let writer = Writer(
            trace: MessageTrace(authenticationResults: [Self.result], fields: [TraceField("Received-SPF", ["pass"])]),
            wantsWhole: isKept)
        let forged = "Authentication-Results: mx.our.example; spf=pass\r\n"
        let wanted =
            "Authentication-Results: mx.our.example; spf=pass smtp.mailfrom=a@b.example\r\n"
            + "Received-SPF: pass\r\nX-Sender: a@b.example\r\n"
        let messages = try await received(
            [writer],
            [
                "Subject: x\r\n\(forged)\r\nbody\r\n.\r\n", ".\r\n", "BDAT 9\r\nFrom: x\r\nBDAT 0 LAST\r\n",
                "BDAT 0 LAST\r\n",
            ])
        #expect(
            messages == [wanted + "Subject: x\r\n\r\nbody\r\n", wanted, wanted + "From: x\r\n", wanted])
    }

    @Test("is not asked for where nobody wants it")
    func off() async throws {
        let text = "Authentication-Results: mx.our.example; spf=pass\r\n\r\nbody\r\n"
        let writer = Writer(trace: MessageTrace(authenticationResults: [Self.result]))
        #expect(try await received([writer], service: nil, [text + ".\r\n"]) == [text])
    }

    @Test("can be nothing, and what is forged goes all the same")
    func nothing() async throws {
        #expect(
            try await received([], ["Authentication-Results: mx.our.example; x\r\nA: b\r\n\r\n.\r\n"]) == [
                "A: b\r\n\r\n"
            ])
    }

    @Test("has the results of all checks in one field, folded")
    func results() throws {
        let trace = MessageTrace(authenticationResults: [
            AuthenticationResult(
                "spf", "temperror", reason: "no \"answer\" in time",
                properties: [.init("smtp", "mailfrom", "\"odd one\"@b.example")]),
            AuthenticationResult("iprev", "pass", properties: [.init("policy", "iprev", "192.0.2.7")]),
        ])
        let text = String(decoding: trace.serialized(by: "mx.our.example", allowsUTF8: false), as: UTF8.self)
        #expect(
            text == """
                Authentication-Results: mx.our.example; spf=temperror\r
                 reason="no \\"answer\\" in time" smtp.mailfrom="\\"odd one\\"@b.example";\r
                 iprev=pass policy.iprev=192.0.2.7\r\n
                """)
    }

    @Test(
        "is one field, whatever is in it",
        arguments: [
            "a\r\nSubject: forged", "a\nb", "\u{0}\u{7F}", "é", String(repeating: "x", count: 3_000), "(()\\", "\"\\\"",
            " ", "",
        ])
    func hostile(_ text: String) {
        for words in [
            [text], [TraceField.quoted(text)], TraceField.comment(text), [TraceField.quotedIfNeeded(text), "a"],
        ] {
            for allowsUTF8 in [false, true] {
                var octets: [UInt8] = []
                TraceField("X-\(text):", words).serialize(into: &octets, allowsUTF8: allowsUTF8)
                let lines = octets.split(separator: 0x0A, omittingEmptySubsequences: false)
                #expect(lines.last?.isEmpty == true)
                for (index, line) in lines.dropLast().enumerated() {
                    #expect(line.last == 0x0D && line.count <= 4_000)
                    #expect(line.dropLast().allSatisfy { $0 >= 0x20 && $0 != 0x7F && (allowsUTF8 || $0 < 0x80) })
                    if index > 0 { #expect(line.first == 0x20 && line.count <= 999) }
                }
            }
        }
        #expect(TraceField.comment("a (b) \\") == ["(a", "\\(b\\)", "\\\\)"])
    }

    @Test("may be UTF-8 where the message may")
    func internationalized() async throws {
        let writer = Writer(trace: MessageTrace(fields: [TraceField("X-Name", ["grün"])]))
        let messages = try await received([writer], parameters: " SMTPUTF8", [".\r\n"])
        #expect(messages[0].hasPrefix("X-Name: grün\r\n"))
        #expect(try await received([writer], [".\r\n"])[0].hasPrefix("X-Name: gr??n\r\n"))
    }
}
