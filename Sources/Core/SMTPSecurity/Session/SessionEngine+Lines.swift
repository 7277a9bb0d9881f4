extension SessionEngine {
    /// Judges the connection before anything is sent.
    mutating func judgeConnection() {
        ask(.connection, .connection, about: .connection)
    }

    /// Input before the banner was sent is a violation, whoever is being waited for. There is some.
    mutating func noteEarlyInput(_ input: Span<UInt8>) {
        guard !hasSpokenEarly else { return }
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
                if tape != nil { tapeLine(input, isEnd: false) }
                let fault = Self.foreignProtocol(Evidence(input.extracting(first: Evidence.maximumOctets)))
                judge(fault)
                return input.count
            }
            clock.lineStarted = context.now
        }
        let step = scanner.consume(input)
        var hasMoreInput = step.consumed < input.count
        if tape != nil {
            tapeLine(input.extracting(first: step.consumed), isEnd: step.outcome != .needsMore)
            if tape?.inputFollows == true { hasMoreInput = true }
        }
        guard case .line(let faults) = step.outcome else { return step.consumed }
        clock.lineStarted = nil
        // A span of a stored property borrows all of `self`: the line is looked at in the input, or in a second reference.
        keepLine(input)
        if isOverBudget(faults, hasMoreInput: hasMoreInput) { return step.consumed }
        if let whole = scanner.wholeLine(in: input) {
            handleLine(whole, faults, hasMoreInput: hasMoreInput)
        } else {
            let line = self.line
            handleLine(line.span, faults, hasMoreInput: hasMoreInput)
        }
        return step.consumed
    }

    @inline(__always)
    private mutating func keepLine(_ input: Span<UInt8>) {
        var kept = KeptLine()
        swap(&kept, &line)
        kept.keep(scanner.line(in: input))
        swap(&kept, &line)
    }

    mutating func handleLine(_ line: Span<UInt8>, _ lineFaults: LineFaults, hasMoreInput: Bool) {
        noteSecrets()
        if keepsLines { noteLine() }
        if let problem = scanProblem(lineFaults) { return refuse(fault(problem)) }
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
        do throws(CommandParseError) {
            try CommandParser.parse(line, into: &command)
        } catch {
            // Whatever an earlier line left in it must not be taken for this one.
            command = ParsedCommand()
            return refuse(syntaxFault(error), after: faults)
        }
        if keepsLines { noteRecipient() }
        if let problem = sequenceProblem() ?? offerProblem() ?? limitProblem(line.count) {
            return refuse(fault(problem), after: faults)
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
        if faults.isEmpty {
            askAboutCommand()
        } else {
            ask(.command, StageSet.stage(of: command.verb), faults: faults, about: .line)
        }
    }

    /// Asks about a fault that is refused in any case.
    private mutating func refuse(_ fatal: ProtocolFault, after faults: [ProtocolFault] = []) {
        ask(.none, faults: faults + [fatal], about: .faultyLine(fatal))
    }

    private mutating func handleAuthenticationResponse(_ faults: [ProtocolFault]) {
        if AuthenticationResponse(parsing: line.span) == nil {
            let fault = ProtocolFault(
                .malformedAuthenticationResponse,
                reply: Reply(501, .init(5, 5, 2), "Cannot decode the response"), closesSession: true)
            return refuse(fault, after: faults)
        }
        ask(.none, faults: faults, about: .line)
    }

    /// A session that has used up its budget ends at its next command; alarm-only profiles hear of it once.
    ///
    /// - Returns: whether the line has to wait for what is made of that, or was answered with it.
    @inline(__always)
    private mutating func isOverBudget(_ faults: LineFaults, hasMoreInput: Bool) -> Bool {
        let budgets = configuration.budgets
        guard errorCount >= budgets.hardErrors || junkCount >= budgets.junkCommands, !hasExceededBudget else {
            return false
        }
        exceedBudget(faults, hasMoreInput: hasMoreInput)
        return true
    }

    @inline(never)
    private mutating func exceedBudget(_ faults: LineFaults, hasMoreInput: Bool) {
        let budgets = configuration.budgets
        hasExceededBudget = true
        let fault =
            errorCount >= budgets.hardErrors
            ? ProtocolFault(
                .tooManyErrors, reply: Reply(421, .init(4, 7, 0), "\(settings.hostname) Too many errors"),
                isFatal: false, closesSession: true)
            : ProtocolFault(
                .tooManyJunkCommands, reply: Reply(421, .init(4, 7, 0), "\(settings.hostname) Too many idle commands"),
                isFatal: false, closesSession: true)
        ask(.none, faults: [fault], about: .budget(faults, hasMoreInput: hasMoreInput))
    }

    /// AUTH and its responses are secret, and so are lines after a refused AUTH that look like responses to it: clients that
    /// do not wait send them.
    @inline(__always)
    private mutating func noteSecrets() {
        if phase == .authenticating || line.startsWithAUTH {
            isSecretLine = true
            secretLinesExpected = 2
        } else {
            isSecretLine = secretLinesExpected > 0
            secretLinesExpected = max(0, secretLinesExpected - 1)
        }
    }

    /// The line as evidence; AUTH secrets never become one.
    var lineEvidence: Evidence {
        isSecretLine ? Evidence(Self.hiddenLine) : Evidence(line.span)
    }

    /// What stands for a line with a secret.
    static var hiddenLine: String { "(hidden: part of AUTH)" }

    // MARK: Faults
    //
    // These change nothing. They are mutating because the compiler copies all of a noncopyable value, a kilobyte here, to lend it to
    // a method that is not. Looking for problems costs little; what a fault has to say is put together when there is one.

    @inline(__always)
    private mutating func scanProblem(_ faults: LineFaults) -> LineProblem? {
        guard !faults.isDisjoint(with: [.tooLong, .nul, .bareCR]) else { return nil }
        return faults.contains(.tooLong) ? .lineTooLong : faults.contains(.nul) ? .nul : .bareCarriageReturn
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

    @inline(__always)
    private mutating func sequenceProblem() -> LineProblem? {
        if command.verb == .unknown, !isAdditionalVerb {
            return Self.isForeignVerb(line.span) ? .foreignProtocol : .unknownCommand
        }
        if settings.tls == .required, !context.isEncrypted {
            switch command.verb {
            case .helo, .ehlo, .noop, .rset, .help, .quit, .startTLS: break
            default: return .needsTLS
            }
        }
        if case .betweenChunks = phase {
            switch command.verb {
            case .bdat, .rset, .noop, .quit, .help, .vrfy, .expn, .helo, .ehlo: return nil
            case .data, .mail, .rcpt: return .mixedDataAndChunks
            default: return .chunksInProgress
            }
        }
        switch command.verb {
        case .mail, .send, .soml, .saml:
            if phase == .awaitingGreeting { return .needsGreeting }
            if phase == .transaction { return .senderAlreadyGiven }
        case .rcpt:
            if phase != .transaction { return .needsSender }
        case .data, .bdat:
            if phase != .transaction { return .needsSender }
            if context.recipientCount == 0 {
                return context.refusedRecipientCount > 0 ? .noValidRecipients : .needsRecipient
            }
        case .auth:
            if phase == .awaitingGreeting { return .needsExtendedGreeting }
            // RFC 4954 §4: not during a transaction, and once only.
            if phase == .transaction { return .duringTransaction }
            if context.isAuthenticated { return .alreadyAuthenticated }
        case .startTLS:
            if phase == .transaction { return .duringTransaction }
            if context.isEncrypted { return .alreadyEncrypted }
            // Nothing that was said before TLS counts (RFC 3207 §4.2), but an upstream server would still go by it.
            if context.isAuthenticated { return .alreadyAuthenticated }
        case .etrn, .burl:
            if phase == .awaitingGreeting { return .needsExtendedGreeting }
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

    @inline(__always)
    private mutating func offerProblem() -> LineProblem? {
        if command.verb == .lhlo { return .notLMTP }
        if let needed = SMTPExtension(offering: command.verb), needed != .help, needed != .vrfy, needed != .expn {
            let isOffered =
                needed == .startTLS ? settings.tls != .unavailable : context.offeredExtensions.contains(needed)
            if !isOffered { return .notOffered }
        }
        return command.parameterCount == 0 || unofferedParameter() == nil ? nil : .parameterNotOffered
    }

    /// The first parameter whose extension was not offered.
    private mutating func unofferedParameter() -> ParameterKeyword? {
        for index in 0..<min(Int(command.parameterCount), ParsedCommand.maximumParameters) {
            let keyword = command.parameters[index].keyword
            guard let needed = SMTPExtension(defining: keyword), context.offeredExtensions.contains(needed),
                keyword != .body || command.values.body != .binaryMIME
                    || context.offeredExtensions.contains(.binaryMIME)
            else { return keyword }
        }
        return nil
    }

    @inline(__always)
    private mutating func limitProblem(_ length: Int) -> LineProblem? {
        // What is within the limit of every command needs no look at the allowances.
        if length + 2 > settings.limits.commandLine, length + 2 > lineLimit(for: command.verb) { return .lineTooLong }
        if command.containsNonASCII, !command.values.smtpUTF8, !context.isInternationalized { return .nonASCII }
        switch command.verb {
        case .mail where command.size != .max && command.size > settings.limits.message:
            return .announcedSizeTooLarge
        case .bdat where command.size > settings.limits.message - min(context.contentLength, settings.limits.message):
            return .announcedSizeTooLarge
        case .rcpt where context.recipientCount + context.refusedRecipientCount >= settings.limits.recipients:
            return .tooManyRecipients
        default: return nil
        }
    }

    /// What is to be said of a problem of the current line.
    private mutating func fault(_ problem: LineProblem) -> ProtocolFault {
        let verb = command.verb
        let evidence = lineEvidence
        func outOfSequence(_ reply: Reply) -> ProtocolFault {
            ProtocolFault(.outOfSequence(verb), evidence: evidence, reply: reply)
        }
        func outOfSequence(_ text: String) -> ProtocolFault { outOfSequence(Reply(503, .init(5, 5, 1), text)) }
        switch problem {
        case .lineTooLong:
            return ProtocolFault(
                .commandLineTooLong, evidence: evidence, reply: Reply(500, .init(5, 5, 2), "Line too long"),
                closesSession: phase == .authenticating)
        case .nul:
            return ProtocolFault(
                .nulInCommand, evidence: evidence, reply: Reply(521, .init(5, 5, 2), "NUL octet received"))
        case .bareCarriageReturn:
            return ProtocolFault(
                .bareCarriageReturnInCommand, evidence: evidence,
                reply: Reply(521, .init(5, 5, 2), "Bare carriage return received"))
        case .foreignProtocol:
            return Self.foreignProtocol(evidence)
        case .unknownCommand:
            return ProtocolFault(
                .unknownCommand, evidence: evidence, reply: Reply(500, .init(5, 5, 1), "Command not recognised"))
        case .needsTLS: return outOfSequence(Reply(530, .init(5, 7, 0), "Must issue a STARTTLS command first"))
        case .mixedDataAndChunks:
            return ProtocolFault(
                .mixedDataAndChunks(verb), evidence: evidence,
                reply: Reply(503, .init(5, 5, 1), "BDAT is in progress"))
        case .chunksInProgress: return outOfSequence("BDAT is in progress")
        case .needsGreeting: return outOfSequence("Send HELO or EHLO first")
        case .needsExtendedGreeting: return outOfSequence("Send EHLO first")
        case .senderAlreadyGiven: return outOfSequence("Sender already specified")
        case .needsSender: return outOfSequence("Need MAIL first")
        // 554: RFC 5321 §3.3 has it for a transaction without valid recipients.
        case .noValidRecipients: return outOfSequence(Reply(554, .init(5, 5, 1), "No valid recipients"))
        case .needsRecipient: return outOfSequence("Need RCPT first")
        case .duringTransaction: return outOfSequence("Not during a transaction")
        case .alreadyAuthenticated: return outOfSequence("Already authenticated")
        case .alreadyEncrypted: return outOfSequence("TLS is already active")
        case .notOffered:
            return ProtocolFault(
                .notOffered(verb), evidence: evidence, reply: Reply(502, .init(5, 5, 1), "Command not implemented"))
        case .notLMTP:
            return ProtocolFault(
                .notOffered(.lhlo), evidence: evidence, reply: Reply(500, .init(5, 5, 1), "This is not LMTP"))
        case .parameterNotOffered:
            return ProtocolFault(
                .parameterNotOffered(unofferedParameter() ?? .unknown), evidence: evidence,
                reply: Reply(555, .init(5, 5, 4), "Parameter not recognised or not offered"))
        case .nonASCII:
            return ProtocolFault(
                .nonASCIIWithoutSMTPUTF8, evidence: evidence,
                reply: Reply(553, .init(5, 6, 7), "Non-ASCII addresses need SMTPUTF8"))
        case .announcedSizeTooLarge:
            return ProtocolFault(
                .announcedSizeTooLarge, evidence: evidence,
                reply: Reply(552, .init(5, 3, 4), "Message size exceeds the limit of \(settings.limits.message) octets")
            )
        case .tooManyRecipients:
            return ProtocolFault(
                .tooManyRecipients, evidence: evidence, reply: Reply(452, .init(4, 5, 3), "Too many recipients"))
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
