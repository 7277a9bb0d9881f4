import SMTPSecurity

/// Says that SPF authorises every client for some domains and for no other.
struct SPFStub: SecurityCheck {
    static let name = "spf-stub"
    static let stages: StageSet = .sender
    static let violations: [ViolationDefinition] = []

    /// The domains, in lower case.
    let passing: Set<String>
    /// The only domain that it ever speaks of, for which it authorises everybody; `nil` to speak of the sender's.
    var helloDomain: String?

    func evaluate(_ event: SessionEvent, in session: SessionContext, state: inout NoState) -> Evaluation<NoState> {
        guard case .command(let command) = event, command.path.kind == .mailbox else { return .pass }
        let domain =
            (try? Mailbox(String(decoding: Self.mailbox(command.path), as: UTF8.self)))?.domain.description ?? ""
        let result =
            helloDomain.map { SPFResultFact.Value(isPass: true, domain: $0) }
            ?? SPFResultFact.Value(isPass: passing.contains(domain), domain: domain)
        return .later { context in
            context.facts[SPFResultFact.self] = result
            return .pass
        }
    }

    private static func mailbox(_ path: PathView) -> [UInt8] {
        var octets: [UInt8] = []
        for index in 0..<path.localPart.count { octets.append(path.localPart[index]) }
        octets.append(UInt8(ascii: "@"))
        for index in 0..<path.domain.count { octets.append(path.domain[index]) }
        return octets
    }
}
