public import SMTPAntivirus
import SMTPSecurity

extension AntivirusCheck: ConfigurableCheck {
    /// Limits, times.
    public static var settings: [Setting<AntivirusCheck>] {
        [
            .group(
                "limits", \.limits,
                [
                    Setting(
                        "message", \.message, .octets(0...1 << 32),
                        "The largest message that is scanned as a whole, in octets."),
                    Setting("part", \.part, .octets(0...1 << 32), "The largest part that is scanned, in octets."),
                    Setting("parts", \.parts, .number(1...1_000_000), "Parts that are scanned."),
                ], "What is scanned."),
            Setting("scan-time", \.scanTime, .checkTime, "How long the scans of one message may take together."),
            Setting("deadline", \.deadline, .checkTime, "How long one message may take."),
            Setting("failure-mode", \.failureMode, .word, "What happens when the scanner is away or too slow."),
            Setting(
                "verdict-lifetime", \.verdictLifetime, .duration(atMost: .seconds(86_400)),
                "How long verdicts of a scanner are remembered that does not tell when its signatures change."),
            Setting(
                "concurrent-messages", \.concurrentMessages, .number(1...10_000),
                "How many messages are scanned at a time."),
            Setting(
                "remembered-verdicts", \.rememberedVerdicts, .number(0...10_000_000),
                "Of how many samples the verdict is remembered."),
        ]
    }

    /// A scanner.
    public static func missing(in resources: ProfileResources) -> String? {
        resources.scanner == nil ? "a scanner" : nil
    }
}
