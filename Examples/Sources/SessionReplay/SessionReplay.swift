import ArgumentParser
import Foundation
import SMTPProfileFiles
import SMTPReplay
import SMTPSecurity

/// Tries a profile on recorded sessions.
@main
struct SessionReplay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-replay",
        abstract: "Plays recorded sessions under other profiles, and says what would change.",
        discussion: """
            Recordings are what smtp-proxy --record FOLDER writes. Profiles in transparent mode are played as if they blocked, \
            so that what they report is shown as what they would refuse.

            Example: smtp-replay --profile stricter.yml --against current.yml /var/spool/smtp-recordings

            The exit status is 3 if anything that passed would be refused, 0 if nothing would, 1 on errors.
            """)

    @Option(help: ArgumentHelp("The profiles that are tried: a file as for smtp-proxy --profile.", valueName: "file"))
    var profile: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Play every session under this profile of the file. Without it, the file's rules say which is for whom.",
            valueName: "name"))
    var only: String?

    @Option(
        help: ArgumentHelp(
            "The profiles to compare with, in their own mode. Without it, compare with what the clients were answered when it was recorded.",
            valueName: "file"))
    var against: String?

    @Flag(help: "Play profiles in transparent mode as they are: they refuse nothing.")
    var asWritten = false

    @Option(help: ArgumentHelp("How many examples of each difference, for each violation.", valueName: "count"))
    var examples = 3

    @Flag(help: "JSON instead of tables.")
    var json = false

    @OptionGroup(title: "What checks ask") var resources: ResourceOptions

    @Argument(help: ArgumentHelp("Recordings: files, or folders of them.", valueName: "recording"))
    var recordings: [String]

    func validate() throws {
        guard (0...1_000).contains(examples) else { throw ValidationError("--examples takes 0 to 1000") }
    }

    func run() async throws {
        let help = try await resources.open()
        let tried = try help.policy(profile, as: only, blocks: !asWritten)
        let baseline = try against.map { try help.policy($0, as: nil, blocks: false) }
        let report: ReplayReport
        do throws(RecordingError) {
            var set = try RecordingSet(recordings)
            report = try await Replay(tried, against: baseline, examples: examples).run(&set)
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(1)
        }
        try show(report)
        if report.refusesMore { throw ExitCode(3) }
    }

    private func show(_ report: ReplayReport) throws {
        guard json else { return print(ReportText(report, blocks: !asWritten).text) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(report), as: UTF8.self))
    }
}
