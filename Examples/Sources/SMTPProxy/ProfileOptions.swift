import ArgumentParser
import Logging
import SMTPProfileFiles
import SMTPSecurity
import SMTPSecurityNIO
import ServiceLifecycle
import UnixSignals

/// The options about profiles in files.
struct ProfileOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Profiles and who gets which: a file in YAML or JSON, instead of the options about single checks. Read again at SIGHUP; a wrong file "
                + "leaves what was in force.",
            valueName: "file"))
    var profile: String?

    @Flag(
        help:
            "Read the profiles, print everything that would be in force, and stop. Without --profile, print the defaults."
    )
    var checkProfile = false

    @Flag(help: "Print the JSON Schema of profile files, and stop.")
    var profileSchema = false
}

/// The profiles in force: those of a file, which is read again when it is asked for.
struct ProfileFile: Sendable {
    let path: String
    let resources: ProfileResources
    /// Numbers the violations under all profiles, before and after a reload.
    let supportIDs = SupportIDGenerator()

    func read() throws(ProfileFileError) -> ProfileSet { try ProfileSet(contentsOf: path, resources) }

    /// Pipelines of the profiles.
    func selection(_ profiles: ProfileSet) -> PipelineSelection<AnyCheckSequence> {
        PipelineSelection(
            profiles.profiles.mapValues { AnyCheckPipeline(profile: $0, supportIDs: supportIDs) }, usual: profiles.usual
        ) { connection in
            profiles.profileName(for: connection)
        }
    }
}

/// Reads the profiles again when the process gets SIGHUP.
struct ProfileReloader: Service {
    let file: ProfileFile
    let proxy: ProxyServer<AnyCheckSequence>
    let logger: Logger
    /// Made before the proxy listens: until then the signal would end the process.
    let signals: UnixSignalsSequence

    func run() async throws {
        for await _ in signals.cancelOnGracefulShutdown() {
            do throws(ProfileFileError) {
                let profiles = try file.read()
                proxy.replacePipelines(file.selection(profiles))
                logger.notice(
                    "profiles read again", metadata: ["file": "\(file.path)", "profiles": "\(profiles.profiles.count)"])
                for remark in profiles.remarks { logger.warning("\(remark)") }
            } catch {
                for problem in error.problems { logger.error("profiles refused", metadata: ["problem": "\(problem)"]) }
                logger.error("the profiles from before stay in force", metadata: ["file": "\(file.path)"])
            }
        }
    }
}
