/// Writes commands in canonical form: the verb and known keywords in upper case, single spaces, no source route, CRLF.
///
/// Parsing what was written gives the same command, and writing that gives the same octets.
public enum CommandSerializer {
    /// Appends a command.
    ///
    /// - Parameters:
    ///   - command: the command.
    ///   - output: is not reallocated while its capacity suffices.
    public static func serialize(_ command: CommandView, into output: inout [UInt8]) {
        if let keyword = command.verb.keyword {
            append(keyword, to: &output)
        } else {
            output.append(octetsOf: command.verbText)
        }
        switch command.verb {
        case .mail, .send, .soml, .saml:
            append(" FROM:", to: &output)
            append(command.path, to: &output)
        case .rcpt:
            append(" TO:", to: &output)
            append(command.path, to: &output)
        case .bdat:
            output.append(0x20)
            append(decimal: command.size, to: &output)
            if command.isLastChunk { append(" LAST", to: &output) }
        default:
            if !command.argument.isEmpty {
                output.append(0x20)
                output.append(octetsOf: command.argument)
            }
            if !command.initialResponse.isEmpty {
                output.append(0x20)
                output.append(octetsOf: command.initialResponse)
            }
        }
        for position in 0..<command.parameterCount {
            output.append(0x20)
            if let keyword = command.parameterKeyword(at: position).text {
                append(keyword, to: &output)
            } else {
                output.append(octetsOf: command.parameterName(at: position))
            }
            if command.parameters[position].hasValue {
                output.append(0x3D)
                output.append(octetsOf: command.parameterValue(at: position))
            }
        }
        output.append(0x0D)
        output.append(0x0A)
    }

    private static func append(_ path: PathView, to output: inout [UInt8]) {
        output.append(0x3C)
        output.append(octetsOf: path.localPart)
        if path.kind == .mailbox {
            output.append(0x40)
            output.append(octetsOf: path.domain)
        }
        output.append(0x3E)
    }

    private static func append(_ text: StaticString, to output: inout [UInt8]) {
        // Proof: the literal's storage lives as long as the process.
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private static func append(decimal value: UInt64, to output: inout [UInt8]) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            output.append(UInt8(value / divisor % 10) + 0x30)
            divisor /= 10
        }
    }
}

extension ParameterKeyword {
    /// The keyword in canonical form; `nil` for unknown ones.
    var text: StaticString? {
        switch self {
        case .size: "SIZE"
        case .body: "BODY"
        case .smtpUTF8: "SMTPUTF8"
        case .auth: "AUTH"
        case .ret: "RET"
        case .envid: "ENVID"
        case .notify: "NOTIFY"
        case .orcpt: "ORCPT"
        case .requireTLS: "REQUIRETLS"
        case .mtPriority: "MT-PRIORITY"
        case .holdFor: "HOLDFOR"
        case .holdUntil: "HOLDUNTIL"
        case .by: "BY"
        case .unknown: nil
        }
    }
}
