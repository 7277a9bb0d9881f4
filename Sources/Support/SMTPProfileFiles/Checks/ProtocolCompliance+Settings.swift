public import SMTPProtocolCompliance
import SMTPSecurity

extension ProtocolCompliance: ConfigurableCheck {
    /// Line ends.
    public static var settings: [Setting<ProtocolCompliance>] {
        [
            .group(
                "line-ends", \.lineEnds, lineEndSettings,
                "What happens to octets that end lines for some readers and not for others.")
        ]
    }

    private static var lineEndSettings: [Setting<LineEndPolicy>] {
        [
            Setting("bare-carriage-return", \.bareCarriageReturn, .word, "A carriage return without a line feed."),
            Setting("bare-line-feed", \.bareLineFeed, .word, "A line feed without a carriage return."),
            Setting("nul", \.nul, .word, "A NUL octet."),
            Setting("exclusions", \.exclusions, .list(of: .network), "Clients for which this does not hold."),
        ]
    }
}
