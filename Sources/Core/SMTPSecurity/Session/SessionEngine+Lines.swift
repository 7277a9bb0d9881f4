extension SessionEngine {
    /// Judges the connection before anything is sent.
    mutating func judgeConnection() {
        ask(.connection, .connection, about: .connection)
    }

    /// Input before the banner was sent is a violation, whoever is being waited for.
    mutating func noteEarlyInput(_ input: Span<UInt8>) {
        guard phase == .holdingGreeting, !input.isEmpty, !hasSpokenEarly else { return }
        switch activity {
        case .none, .application(.greet): break
        default: return
        }
        hasSpokenEarly = true
        let excerpt = Evidence(input.extracting(first: Evidence.maximumOctets))
        let fault =
            Self.isTLSHandshake(input)
            ? Self.foreignProtocol(excerpt)
            : ProtocolFault(
                .earlyTalker, evidence: excerpt,
                reply: Reply(554, .init(5, 5, 0), "Spoke before the greeting"), isFatal: false)
        interrupted = activity
        activity = .none
        judge(fault)
    }

    /// Takes one line, or the part of it that is there.
    ///
    /// - Returns: octets consumed.
    mutating func receiveLine(_ input: Span<UInt8>) -> Int {
        if scanner.isAtLineStart {
            if Self.isTLSHandshake(input) {
                let fault = Self.foreignProtocol(Evidence(input.extracting(first: Evidence.maximumOctets)))
                judge(fault)
                return input.count
            }
            clock.lineStarted = context.now
        }
        let step = scanner.consume(input)
        guard case .line(let faults) = step.outcome else { return step.consumed }
        clock.lineStarted = nil
        let hasMoreInput = step.consumed < input.count
        // A span of a stored property borrows all of `self`: the line is looked at in the input, or in a second reference.
        keepLine(input)
        if isOverBudget(faults, hasMoreInput: hasMoreInput) { return step.consumed }
        if let whole = scanner.wholeLine(in: input) {
            handleLine(whole, faults, hasMoreInput: hasMoreInput)
        } else {
            let line = line
            handleLine(line.span, faults, hasMoreInput: hasMoreInput)
        }
        return step.consumed
    }

    private mutating func keepLine(_ input: Span<UInt8>) {
        var kept: [UInt8] = []
        swap(&kept, &line)
        kept.removeAll(keepingCapacity: true)
        kept.append(octetsOf: scanner.line(in: input))
        swap(&kept, &line)
    }

    mutating func handleLine(_ line: Span<UInt8>, _ lineFaults: LineFaults, hasMoreInput: Bool) {
        noteSecrets()
        if let fatal = scanFault(lineFaults) {
            return ask(.none, faults: [fatal], about: .faultyLine(fatal))
        }
        var faults: [ProtocolFault] = []
        if lineFaults.contains(.bareLF) {
            faults.append(
                ProtocolFault(
                    .bareLineFeedInCommand, evidence: lineEvidence,
                    reply: Reply(521, .init(5, 5, 2), "Bare line feed received"), isFatal: false, isRepaired: true))
        }
        if phase == .authenticating {
            return handleAuthenticationResponse(faults)
        }
        let fatal: ProtocolFault?
        do throws(CommandParseError) {
            try CommandParser.parse(line, into: &command)
            fatal = sequenceFault() ?? offerFault() ?? limitFault()
        } catch {
            // Whatever an earlier line left in it must not be taken for this one.
            command = ParsedCommand()
            fatal = syntaxFault(error)
        }
        if let fatal {
            return ask(.none, faults: faults + [fatal], about: .faultyLine(fatal))
        }
        if !command.leniencies.isEmpty {
            faults.append(
                ProtocolFault(
                    .lenientSyntax(command.leniencies), evidence: lineEvidence,
                    reply: Reply(501, .init(5, 5, 2), "Syntax error"), isFatal: false, isRepaired: true))
        }
        if hasMoreInput, let fault = pipeliningFault() {
            faults.append(fault)
            if fault.isFatal { return ask(.none, faults: faults, about: .faultyLine(fault)) }
        }
        ask(.command, StageSet.stage(of: command.verb), faults: faults, about: .line)
    }

    private mutating func handleAuthenticationResponse(_ faults: [ProtocolFault]) {
        if AuthenticationResponse(parsing: line.span) == nil {
            let fault = ProtocolFault(
                .malformedAuthenticationResponse,
                reply: Reply(501, .init(5, 5, 2), "Cannot decode the response"), closesSession: true)
            return ask(.none, faults: faults + [fault], about: .faultyLine(fault))
        }
        ask(.none, faults: faults, about: .line)
    }

    /// A session that has used up its budget ends at its next command; alarm-only profiles hear of it once.
    ///
    /// - Returns: whether the line has to wait for what is made of that, or was answered with it.
    private mutating func isOverBudget(_ faults: LineFaults, hasMoreInput: Bool) -> Bool {
        guard !hasExceededBudget, let fault = budgetFault() else { return false }
        hasExceededBudget = true
        ask(.none, faults: [fault], about: .budget(faults, hasMoreInput: hasMoreInput))
        return true
    }

    /// AUTH and its responses are secret, and so are lines after a refused AUTH that look like responses to it: clients that
    /// do not wait send them.
    private mutating func noteSecrets() {
        if phase == .authenticating || Self.starts(line.span, with: "AUTH") {
            isSecretLine = true
            secretLinesExpected = 2
        } else {
            isSecretLine = secretLinesExpected > 0
            secretLinesExpected = max(0, secretLinesExpected - 1)
        }
    }

    /// The line as evidence; AUTH secrets never become one.
    var lineEvidence: Evidence {
        isSecretLine ? Evidence("(hidden: part of AUTH)") : Evidence(line.span)
    }

    // MARK: Faults
    //
    // These change nothing. They are mutating because the compiler copies all of a noncopyable value, a kilobyte here, to lend it to
    // a method that is not.

    private mutating func budgetFault() -> ProtocolFault? {
        let budgets = settings.effectiveBudgets
        if errorCount >= budgets.hardErrors {
            return ProtocolFault(
                .tooManyErrors, reply: Reply(421, .init(4, 7, 0), "\(settings.hostname) Too many errors"),
                isFatal: false, closesSession: true)
        }
        if junkCount >= budgets.junkCommands {
            return ProtocolFault(
                .tooManyJunkCommands, reply: Reply(421, .init(4, 7, 0), "\(settings.hostname) Too many idle commands"),
                isFatal: false, closesSession: true)
        }
        return nil
    }

    private mutating func scanFault(_ faults: LineFaults) -> ProtocolFault? {
        if faults.contains(.tooLong) {
            return ProtocolFault(
                .commandLineTooLong, evidence: lineEvidence, reply: Reply(500, .init(5, 5, 2), "Line too long"),
                closesSession: phase == .authenticating)
        }
        if faults.contains(.nul) {
            return ProtocolFault(
                .nulInCommand, evidence: lineEvidence, reply: Reply(521, .init(5, 5, 2), "NUL octet received"))
        }
        if faults.contains(.bareCR) {
            return ProtocolFault(
                .bareCarriageReturnInCommand, evidence: lineEvidence,
                reply: Reply(521, .init(5, 5, 2), "Bare carriage return received"))
        }
        return nil
    }

    private mutating func syntaxFault(_ error: CommandParseError) -> ProtocolFault {
        if error.kind == .malformedVerb, Self.looksLikeHeader(line.span) {
            return ProtocolFault(
                .headerAsCommand, evidence: lineEvidence,
                reply: Reply(500, .init(5, 5, 2), "Message header received where a command belongs"))
        }
        let isChunk = Self.starts(line.span, with: "BDAT")
        return ProtocolFault(
            .syntax(error), evidence: lineEvidence, reply: error.reply,
            // What follows is chunk data of unknown length: nothing after it can be told from commands.
            closesSession: isChunk)
    }

    private mutating func sequenceFault() -> ProtocolFault? {
        let verb = command.verb
        func outOfSequence(_ text: String, _ evidence: Evidence) -> ProtocolFault {
            ProtocolFault(.outOfSequence(verb), evidence: evidence, reply: Reply(503, .init(5, 5, 1), text))
        }
        if command.verb == .unknown, !isAdditionalVerb {
            return Self.isForeignVerb(line.span)
                ? Self.foreignProtocol(lineEvidence)
                : ProtocolFault(
                    .unknownCommand, evidence: lineEvidence, reply: Reply(500, .init(5, 5, 1), "Command not recognised")
                )
        }
        if settings.tls == .required, !context.isEncrypted {
            switch command.verb {
            case .helo, .ehlo, .noop, .rset, .help, .quit, .startTLS: break
            default:
                return ProtocolFault(
                    .outOfSequence(command.verb), evidence: lineEvidence,
                    reply: Reply(530, .init(5, 7, 0), "Must issue a STARTTLS command first"))
            }
        }
        if case .betweenChunks = phase {
            switch command.verb {
            case .bdat, .rset, .noop, .quit, .help, .vrfy, .expn, .helo, .ehlo: return nil
            case .data, .mail, .rcpt:
                return ProtocolFault(
                    .mixedDataAndChunks(command.verb), evidence: lineEvidence,
                    reply: Reply(503, .init(5, 5, 1), "BDAT is in progress"))
            default: return outOfSequence("BDAT is in progress", lineEvidence)
            }
        }
        switch command.verb {
        case .mail, .send, .soml, .saml:
            if phase == .awaitingGreeting { return outOfSequence("Send HELO or EHLO first", lineEvidence) }
            if phase == .transaction { return outOfSequence("Sender already specified", lineEvidence) }
        case .rcpt:
            if phase != .transaction { return outOfSequence("Need MAIL first", lineEvidence) }
        case .data, .bdat:
            if phase != .transaction { return outOfSequence("Need MAIL first", lineEvidence) }
            if context.recipientCount == 0 {
                return ProtocolFault(
                    .outOfSequence(command.verb), evidence: lineEvidence,
                    // 554: RFC 5321 §3.3 has it for a transaction without valid recipients.
                    reply: context.refusedRecipientCount > 0
                        ? Reply(554, .init(5, 5, 1), "No valid recipients")
                        : Reply(503, .init(5, 5, 1), "Need RCPT first"))
            }
        case .auth:
            if phase == .awaitingGreeting { return outOfSequence("Send EHLO first", lineEvidence) }
            // RFC 4954 §4: not during a transaction, and once only.
            if phase == .transaction { return outOfSequence("Not during a transaction", lineEvidence) }
            if context.isAuthenticated { return outOfSequence("Already authenticated", lineEvidence) }
        case .startTLS:
            if phase == .transaction { return outOfSequence("Not during a transaction", lineEvidence) }
            if context.isEncrypted { return outOfSequence("TLS is already active", lineEvidence) }
        case .etrn, .burl:
            if phase == .awaitingGreeting { return outOfSequence("Send EHLO first", lineEvidence) }
        default: break
        }
        return nil
    }

    private var isAdditionalVerb: Bool {
        guard !settings.additionalVerbs.isEmpty else { return false }
        var octets: [UInt8] = []
        octets.append(octetsOf: CommandView(line: line.span, parsed: command).verbText)
        return settings.additionalVerbs.contains(String(decoding: octets, as: UTF8.self).uppercased())
    }

    private mutating func offerFault() -> ProtocolFault? {
        if let needed = SMTPExtension(offering: command.verb), needed != .help, needed != .vrfy, needed != .expn {
            let isOffered =
                needed == .startTLS ? settings.tls != .unavailable : context.offeredExtensions.contains(needed)
            if !isOffered {
                return ProtocolFault(
                    .notOffered(command.verb), evidence: lineEvidence,
                    reply: Reply(502, .init(5, 5, 1), "Command not implemented"))
            }
        }
        if command.verb == .lhlo {
            return ProtocolFault(
                .notOffered(.lhlo), evidence: lineEvidence, reply: Reply(500, .init(5, 5, 1), "This is not LMTP"))
        }
        for index in 0..<min(Int(command.parameterCount), ParsedCommand.maximumParameters) {
            let keyword = command.parameters[index].keyword
            if let needed = SMTPExtension(defining: keyword), context.offeredExtensions.contains(needed),
                keyword != .body || command.values.body != .binaryMIME
                    || context.offeredExtensions.contains(.binaryMIME)
            {
                continue
            }
            return ProtocolFault(
                .parameterNotOffered(keyword), evidence: lineEvidence,
                reply: Reply(555, .init(5, 5, 4), "Parameter not recognised or not offered"))
        }
        return nil
    }

    private mutating func limitFault() -> ProtocolFault? {
        if line.span.count + 2 > lineLimit(for: command.verb) {
            return ProtocolFault(
                .commandLineTooLong, evidence: lineEvidence, reply: Reply(500, .init(5, 5, 2), "Line too long"))
        }
        if command.containsNonASCII, !command.values.smtpUTF8, !context.isInternationalized {
            return ProtocolFault(
                .nonASCIIWithoutSMTPUTF8, evidence: lineEvidence,
                reply: Reply(553, .init(5, 6, 7), "Non-ASCII addresses need SMTPUTF8"))
        }
        switch command.verb {
        case .mail where command.size != .max && command.size > settings.limits.message:
            return ProtocolFault(
                .announcedSizeTooLarge, evidence: lineEvidence,
                reply: Reply(552, .init(5, 3, 4), "Message size exceeds the limit of \(settings.limits.message) octets")
            )
        case .bdat where command.size > settings.limits.message - min(context.contentLength, settings.limits.message):
            return ProtocolFault(
                .announcedSizeTooLarge, evidence: lineEvidence,
                reply: Reply(552, .init(5, 3, 4), "Message size exceeds the limit of \(settings.limits.message) octets")
            )
        case .rcpt where context.recipientCount + context.refusedRecipientCount >= settings.limits.recipients:
            return ProtocolFault(
                .tooManyRecipients, evidence: lineEvidence, reply: Reply(452, .init(4, 5, 3), "Too many recipients"))
        default: return nil
        }
    }

    /// RFC 2920 §3.1: these have to be the last command of a group. `QUIT` is too, but nothing after it is read.
    private mutating func pipeliningFault() -> ProtocolFault? {
        if command.verb == .startTLS {
            return ProtocolFault(
                .plaintextAfterSTARTTLS, evidence: lineEvidence,
                reply: Reply(554, .init(5, 5, 0), "Input after STARTTLS"), closesSession: true)
        }
        let isLastOfGroup: Bool =
            switch command.verb {
            case .helo, .ehlo, .data, .vrfy, .expn, .turn, .atrn, .etrn, .auth, .noop: true
            case .quit, .bdat: false
            default: !context.offeredExtensions.contains(.pipelining)
            }
        guard isLastOfGroup else { return nil }
        return ProtocolFault(
            .unauthorizedPipelining(command.verb), evidence: lineEvidence,
            reply: Reply(503, .init(5, 5, 0), "Improper use of command pipelining"), isFatal: false)
    }

    /// RFC 5321 §4.5.3.1.4, with the allowances of the extensions that were offered.
    private mutating func lineLimit(for verb: Verb) -> Int {
        let base = settings.limits.commandLine
        let offered = context.offeredExtensions
        func allowance(_ member: SMTPExtension, _ octets: Int) -> Int { offered.contains(member) ? octets : 0 }
        switch verb {
        case .auth:
            return max(base, settings.limits.authenticationLine)
        case .mail, .send, .soml, .saml:
            return base + allowance(.size, 26)  // RFC 1870 §3
                + allowance(.eightBitMIME, 17)  // RFC 6152 §2
                + allowance(.smtpUTF8, 10)  // RFC 6531 §3.1
                + allowance(.auth, 500)  // RFC 4954 §3
                + allowance(.dsn, 132)  // RFC 3461 §5.3: RET and ENVID
                + allowance(.deliverBy, 17)  // RFC 2852 §2
                + allowance(.futureRelease, 34)  // RFC 4865 §3
                + allowance(.mtPriority, 15)  // RFC 6710 §3
                + allowance(.requireTLS, 11)  // RFC 8689 §2
        case .rcpt:
            return base + allowance(.dsn, 500)  // RFC 3461 §5.3: NOTIFY and ORCPT
        default:
            return base
        }
    }

    /// The scanner's limit: it does not know the verb before it has the line.
    mutating func adjustScannerLimit() {
        scanner.limit =
            context.offeredExtensions.contains(.auth)
            ? max(lineLimit(for: .mail), settings.limits.authenticationLine)
            : max(lineLimit(for: .mail), lineLimit(for: .rcpt))
    }
}
