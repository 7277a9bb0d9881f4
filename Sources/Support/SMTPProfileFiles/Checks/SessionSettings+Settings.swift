import SMTPSecurity

extension SessionSettings {
    static var settings: [Setting<SessionSettings>] {
        [
            Setting("hostname", \.hostname, .domain, "The name in the banner and in replies."),
            Setting(
                "authentication-service", \.authenticationService, .optional(.domain, none: "none"),
                "The name under which results of checks are written into messages (RFC 8601 §2.5); with SPF it is the host name."
            ),
            .group("limits", \.limits, limitSettings, "What a client may send."),
            .group("budgets", \.budgets, budgetSettings, "How much misbehaviour a session may show."),
            .group("timeouts", \.timeouts, timeoutSettings, "How long a client may take."),
            .group("stress-budgets", \.stressBudgets, budgetSettings, "The budgets while there are too many sessions."),
            .group(
                "stress-timeouts", \.stressTimeouts, timeoutSettings, "The timeouts while there are too many sessions."),
            Setting(
                "greeting-delay", \.greetingDelay, .duration(atMost: .seconds(60)),
                "How long the banner is held back, to catch clients that speak first."),
            Setting("tls", \.tls, .tls, "Whether STARTTLS is offered, or needed."),
            .set("extensions", \.extensionSet, of: .word(\.keyword), "The extensions that may be offered to clients."),
            .set(
                "additional-verbs", \.additionalVerbs,
                of: .token("a verb in upper case, such as XFOO", pattern: "^[A-Z0-9-]{1,100}$") { octet in
                    (0x41...0x5A).contains(octet) || (0x30...0x39).contains(octet) || octet == 0x2D
                }, "Verbs without a grammar of their own that are handed on all the same."),
            Setting(
                "transcript-lines", \.transcriptLines, .number(0...1_000),
                "How many of a session's last lines are kept for reports of violations."),
            Setting(
                "kept-message", \.keptMessageOctets, .octets(0...1_048_576),
                "How many of its first octets are kept of a message in which a check found something; 0 for none."),
            .set(
                "authentication-mechanisms", \.authenticationMechanisms,
                of: .token("a SASL mechanism in upper case, such as PLAIN", pattern: "^[A-Z0-9_-]{1,100}$") { octet in
                    (0x41...0x5A).contains(octet) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
                }, "SASL mechanisms that may be offered (RFC 4954)."),
        ]
    }

    private static var limitSettings: [Setting<Limits>] {
        [
            Setting("command-line", \.commandLine, .octets(512...65_536), "A command line with its CRLF, in octets."),
            Setting(
                "authentication-line", \.authenticationLine, .octets(512...1_048_576), "A line of AUTH, in octets."),
            Setting(
                "text-line", \.textLine, .octets(78...1_048_576), "A line of a message without its CRLF, in octets."),
            Setting("message", \.message, .octets(1_024...1 << 40), "A message, in octets."),
            Setting("recipients", \.recipients, .number(1...1_000_000), "Recipients of one message."),
        ]
    }

    private static var budgetSettings: [Setting<Budgets>] {
        [
            Setting(
                "soft-errors", \.softErrors, .number(0...1_000_000), "Refused commands before replies are delayed."),
            Setting(
                "soft-error-delay", \.softErrorDelay, .duration(atMost: .seconds(60)), "The delay of each reply then."),
            Setting("hard-errors", \.hardErrors, .number(1...1_000_000), "Refused commands before the session ends."),
            Setting(
                "junk-commands", \.junkCommands, .number(1...1_000_000),
                "Commands that achieve nothing before the session ends."),
        ]
    }

    private static var timeoutSettings: [Setting<Timeouts>] {
        let day = Duration.seconds(86_400)
        return [
            Setting("idle", \.idle, .duration(atLeast: .seconds(1), atMost: day), "Silence between commands."),
            Setting(
                "command", \.command, .duration(atLeast: .seconds(1), atMost: day),
                "A command, from its first octet on."),
            Setting("session", \.session, .duration(atLeast: .seconds(1), atMost: day), "A whole session."),
            Setting(
                "minimum-data-rate", \.minimumDataRate, .octets(0...1 << 30),
                "The lowest rate of a message, in octets a second; 0 for none."),
            Setting(
                "data-rate-grace", \.dataRateGrace, .duration(atMost: day),
                "How long a message may be slower than that."),
        ]
    }

    /// The extensions as a set of their own kind.
    fileprivate var extensionSet: Set<SMTPExtension> {
        get { Set(SMTPExtension.allCases.filter { extensions.contains(SMTPExtensions($0)) }) }
        set { extensions = SMTPExtensions(Array(newValue)) }
    }
}

extension ValueForm where Value == SessionSettings.TLS {
    /// One of three words.
    fileprivate static var tls: ValueForm {
        .word([.unavailable, .offered, .required]) { value in
            switch value {
            case .unavailable: "unavailable"
            case .offered: "offered"
            case .required: "required"
            }
        }
    }
}
