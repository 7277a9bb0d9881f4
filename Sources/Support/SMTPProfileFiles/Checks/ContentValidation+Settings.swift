import SMTPFileInspection
public import SMTPMailValidation
import SMTPSecurity

extension ContentValidation: ConfigurableCheck {
    /// Limits, attachments, archives.
    public static var settings: [Setting<ContentValidation>] {
        [
            .group("limits", \.limits, limitSettings, "What a message may have."),
            .group("attachments", \.attachments, attachmentSettings, "Which attachments are not wanted."),
            .group("archive-limits", \.archiveLimits, archiveSettings, "What archives may cost."),
            Setting(
                "required-fields", \.requiredFields,
                .list(
                    of: .token("a field's name in lower case, such as date", pattern: "^[!-9;-@\\[-~]{1,100}$") {
                        octet in
                        (0x21...0x7E).contains(octet) && octet != 0x3A && !(0x41...0x5A).contains(octet)
                    }, atMost: 100), "Fields that every message has (RFC 5322 §3.6)."),
            Setting(
                "concurrent-messages", \.concurrentMessages, .number(1...10_000),
                "How many messages are looked at at a time."),
            Setting("deadline", \.deadline, .checkTime, "How long one message may take."),
            Setting("failure-mode", \.failureMode, .word, "What happens when a message cannot be read."),
        ]
    }

    private static var limitSettings: [Setting<ContentLimits>] {
        let longest: Int64 = 3_660 * 86_400
        return [
            Setting("future-date", \.futureDate, .seconds(0...longest), "How far a date may be ahead."),
            Setting("past-date", \.pastDate, .seconds(0...longest), "How far a date may be back."),
            Setting("received", \.received, .number(1...10_000), "Received fields."),
            Setting("header", \.header, .octets(1_000...1 << 30), "The header section, in octets."),
            Setting("depth", \.depth, .number(1...1_000), "How deep parts may be in each other."),
            Setting("parts", \.parts, .number(1...1_000_000), "Parts."),
            Setting("archive", \.archive, .octets(0...1 << 32), "An archive that is looked into, in octets."),
        ]
    }

    private static var attachmentSettings: [Setting<AttachmentPolicy>] {
        [
            .set(
                "disallowed-extensions", \.disallowedExtensions,
                of: .token("an extension in lower case without the dot, such as exe", pattern: "^[a-z0-9_-]{1,100}$") {
                    octet in
                    (0x61...0x7A).contains(octet) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x5F
                }, "Extensions of file names that are not wanted."),
            .set(
                "disallowed-types", \.disallowedTypes,
                of: .text(
                    "a media type in lower case, such as application/hta or video/*",
                    pattern: "^[a-z0-9!#$&^_.+-]{1,127}/([a-z0-9!#$&^_.+-]{1,127}|\\*)$",
                    parse: {
                        $0.wholeMatch(of: /[a-z0-9!#$&^_.+\-]{1,127}\/([a-z0-9!#$&^_.+\-]{1,127}|\*)/) == nil ? nil : $0
                    },
                    show: { $0 }), "Types that are not wanted, declared or detected."),
            Setting(
                "disallows-detected-executables", \.disallowsDetectedExecutables, .flag,
                "Whether programs are not wanted, whatever they are called."),
            Setting("looks-into-archives", \.looksIntoArchives, .flag, "Whether files in archives are looked at, too."),
        ]
    }

    private static var archiveSettings: [Setting<ArchiveLimits>] {
        [
            Setting("depth", \.depth, .number(1...100), "How deep archives may be in each other."),
            Setting("entries", \.entries, .number(1...10_000_000), "Files."),
            Setting("expanded-size", \.expandedSize, .octets(1_024...1 << 40), "What all files take, in octets."),
            Setting("ratio", \.ratio, .number(1...1_000_000), "How many times as large as the archive they may be."),
        ]
    }
}
