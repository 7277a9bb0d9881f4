import ArgumentParser
import Logging
import SMTPAntivirus
import SMTPAntivirusClamAV
import SMTPAntivirusNIO
import SMTPSecurity
import ServiceLifecycle

/// The options about malware.
struct VirusOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Scan for malware within this process, with ClamAV's signatures in this folder. New ones are loaded when they come.",
            valueName: "folder"))
    var virusDatabase: String?

    @Option(help: ArgumentHelp("How often to look for new signatures.", valueName: "seconds"))
    var virusDatabaseInterval = 60

    @Flag(help: "Scan everything anew, what was found clean before too.")
    var skipVirusCache = false

    @Option(
        help: ArgumentHelp(
            "Have clamd scan for malware: the path of its socket, or host:port.", valueName: "address"))
    var clamd: String?

    @Option(
        help: ArgumentHelp(
            "Have an ICAP server scan for malware: icap://host[:port]/service.", valueName: "url"))
    var icap: String?

    @Option(
        help: ArgumentHelp(
            "With several scanners, whose word counts: that of any who finds something, that of all together, or that of the first that has "
                + "scanned it, in the order libclamav, clamd, ICAP."))
    var scanRule: ScannerGroup.Rule = .any

    @Option(
        help:
            "What becomes of a message when no scanner can be had: refused for now (temporaryFailure), refused for good (closed), or taken (open). (default: temporaryFailure)"
    )
    var scanFailure: FailureMode?

    func validate() throws {
        guard virusDatabaseInterval > 0 else {
            throw ValidationError("--virus-database-interval takes seconds, 1 or more")
        }
    }

    /// The check that they ask for, and what has to run beside it; `nil` if they ask for none.
    ///
    /// - Throws: what is wrong with them, in words for whoever started the program.
    func check(_ logger: Logger) async throws -> (AntivirusCheck, ScannerService)? {
        var scanners: [any VirusScanner] = []
        var library: ClamAVScanner?
        if let virusDatabase {
            do {
                var configuration = ClamAVConfiguration(database: virusDatabase)
                configuration.remembersCleanFiles = !skipVirusCache
                let scanner = try await ClamAVScanner(configuration, logger: logger)
                library = scanner
                scanners.append(scanner)
            } catch {
                throw ValidationError("--virus-database \(error)")
            }
        }
        var clamdScanner: ClamdScanner?
        if let clamd {
            do {
                let scanner = ClamdScanner(try ScannerAddress(parsing: clamd))
                clamdScanner = scanner
                scanners.append(scanner)
            } catch {
                throw ValidationError("--clamd \(clamd): \(error)")
            }
        }
        var icapScanner: ICAPScanner?
        if let icap {
            do {
                let scanner = ICAPScanner(try ICAPURL(parsing: icap))
                icapScanner = scanner
                scanners.append(scanner)
            } catch {
                throw ValidationError("--icap \(icap): \(error)")
            }
        }
        guard let first = scanners.first else { return nil }
        var check = AntivirusCheck(
            scanners.count == 1 ? first : ScannerGroup(scanRule, scanners),
            rememberedVerdicts: skipVirusCache ? 0 : 16_384)
        if let scanFailure { check.failureMode = scanFailure }
        return (
            check,
            ScannerService(
                library: library, interval: .seconds(virusDatabaseInterval), clamd: clamdScanner, icap: icapScanner)
        )
    }
}

/// What scanners need while the program runs: new signatures, and an end to their connections.
struct ScannerService: Service {
    let library: ClamAVScanner?
    let interval: Duration
    let clamd: ClamdScanner?
    let icap: ICAPScanner?

    func run() async throws {
        await cancelWhenGracefulShutdown {
            if let library {
                await library.watchDatabase(every: interval)
            } else {
                try? await gracefulShutdown()
            }
        }
        await clamd?.shutdown()
        await icap?.shutdown()
    }
}

extension ScannerGroup.Rule: @retroactive ExpressibleByArgument {}
extension FailureMode: @retroactive ExpressibleByArgument {}
