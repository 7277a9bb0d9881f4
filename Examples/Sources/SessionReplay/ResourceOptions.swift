import ArgumentParser
import Logging
import NameResolution
import SMTPAntivirusClamAV

/// The options about what checks ask.
struct ResourceOptions: ParsableArguments {
    @Option(help: "The name in the banner and the EHLO reply, where a profile has none.")
    var hostname = "localhost"

    @Option(
        help: ArgumentHelp(
            "The name server that is asked about senders and clients: host:port, system or root. Answers are those of today. Without it, "
                + "and without --zone, there is no SPF, and senders and clients are not looked up.",
            valueName: "resolver"))
    var resolver: ResolverLocation?

    @Option(
        help: ArgumentHelp("Answer questions about names from this master file, and ask nobody.", valueName: "file"))
    var zone: String?

    @Option(help: ArgumentHelp("Scan for malware with ClamAV's signatures in this folder.", valueName: "folder"))
    var virusDatabase: String?

    func validate() throws {
        if resolver != nil, zone != nil { throw ValidationError("--resolver and --zone exclude each other") }
    }

    /// What they ask for.
    ///
    /// - Throws: what is wrong with them, in words for whoever started the program.
    func open() async throws -> CheckResources {
        var resources = CheckResources(hostname: hostname)
        let logger = Logger(label: "smtp-replay")
        if let zone {
            resources.resolver = try NameResolver.open(zone: zone)
        } else if let resolver {
            resources.resolver = try NameResolver.open(
                resolver, timeout: .seconds(5), trustAnchors: nil, logger)
        }
        guard let virusDatabase else { return resources }
        do {
            let scanner = try await ClamAVScanner(ClamAVConfiguration(database: virusDatabase), logger: logger)
            resources.scanner = scanner
        } catch {
            throw ValidationError("--virus-database \(error)")
        }
        return resources
    }
}
