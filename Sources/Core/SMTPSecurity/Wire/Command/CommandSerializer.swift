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
        // Nearly always the parser has found it in canonical form.
        if command.fields.isCanonical {
            return output.append(addingCapacity: command.line.count + 2) {
                $0.append(octetsOf: command.line)
                $0.append(0x0D)
                $0.append(0x0A)
            }
        }
        // The canonical form is no longer than the line, but for a number of at most 20 digits, keywords in full and the line end.
        output.append(addingCapacity: command.line.count + 32 + 12 * command.parameterCount) {
            write(command, into: &$0)
        }
    }

    private static func write(_ command: CommandView, into output: inout OutputSpan<UInt8>) {
        if let keyword = command.verb.keyword {
            output.append(keyword)
        } else {
            output.append(octetsOf: command.verbText)
        }
        switch command.verb {
        case .mail, .send, .soml, .saml:
            output.append(" FROM:<")
            write(command.path, into: &output)
        case .rcpt:
            output.append(" TO:<")
            write(command.path, into: &output)
        case .bdat:
            output.append(0x20)
            output.append(decimal: command.size)
            if command.isLastChunk { output.append(" LAST") }
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
                output.append(keyword)
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

    private static func write(_ path: PathView, into output: inout OutputSpan<UInt8>) {
        output.append(octetsOf: path.localPart)
        if path.kind == .mailbox {
            output.append(0x40)
            output.append(octetsOf: path.domain)
        }
        output.append(0x3E)
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
