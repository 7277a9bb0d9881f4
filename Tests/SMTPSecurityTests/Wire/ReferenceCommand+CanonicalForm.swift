import SMTPSecurity

extension ReferenceCommand {
    /// The command in canonical form, put together part by part: the verb and known keywords in upper case, single spaces, no
    /// source route, numbers of `BDAT` without leading zeros.
    func canonicalForm(of line: [UInt8]) -> [UInt8] {
        var octets = verb.keyword.map { Array("\($0)".utf8) } ?? Array(line[verbText])
        switch verb {
        case .mail, .send, .soml, .saml, .rcpt:
            octets += Array((verb == .rcpt ? " TO:<" : " FROM:<").utf8) + line[path.localPart.range]
            if path.kind == .mailbox { octets += [0x40] + line[path.domain.range] }
            octets.append(0x3E)
        case .bdat:
            octets += Array(" \(size)\(isLastChunk ? " LAST" : "")".utf8)
        default:
            for part in [argument, initialResponse] where !part.isEmpty { octets += [0x20] + line[part] }
        }
        for parameter in parameters {
            octets.append(0x20)
            octets += Self.keywords[parameter.keyword].map { Array($0.utf8) } ?? Array(line[parameter.name])
            if let value = parameter.value { octets += [0x3D] + line[value] }
        }
        return octets + [0x0D, 0x0A]
    }

    private static let keywords: [ParameterKeyword: String] = [
        .size: "SIZE", .body: "BODY", .smtpUTF8: "SMTPUTF8", .auth: "AUTH", .ret: "RET", .envid: "ENVID",
        .notify: "NOTIFY", .orcpt: "ORCPT", .requireTLS: "REQUIRETLS", .mtPriority: "MT-PRIORITY",
        .holdFor: "HOLDFOR", .holdUntil: "HOLDUNTIL", .by: "BY",
    ]
}
