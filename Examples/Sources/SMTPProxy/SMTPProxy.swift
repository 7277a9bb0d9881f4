import ArgumentParser
import Foundation
import Logging
import NameResolution
import SMTPAntivirus
import SMTPDNS
import SMTPDirectoryHarvest
import SMTPFileInspection
import SMTPFileInspectionArchive
import SMTPFileInspectionMagic
import SMTPGreylist
import SMTPMailValidation
import SMTPMethodFilter
import SMTPProfileFiles
import SMTPProtocolCompliance
import SMTPRateLimit
import SMTPReplay
import SMTPReporting
import SMTPSecurity
import SMTPSecurityNIO
import SMTPSenderPolicy
import ServiceLifecycle
import Tracing
import UnixSignals

/// The thin example: options in, a profile and a proxy out.
@main
struct SMTPProxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "smtp-proxy",
        abstract: "Puts SMTP security checks in front of a mail server.",
        discussion: """
            Commands are parsed, judged and written anew; a message is acknowledged only after the upstream server has \
            acknowledged it. Violations are logged with a Support ID that the client sees as well.

            Example: smtp-proxy --listen 127.0.0.1:2525 --upstream 127.0.0.1:25

            SIGTERM and SIGINT let transactions in flight finish, print the statistics and stop.
            """)

    @Option(help: ArgumentHelp("Address to listen on; may be repeated.", valueName: "host:port"))
    var listen: [HostPort] = []

    @Option(help: ArgumentHelp("The mail server behind the proxy.", valueName: "host:port"))
    var upstream: HostPort?

    @Option(help: "When to connect to the mail server: at the client's greeting (lazy) or at once (eager).")
    var connect: UpstreamConnectionTime = .lazy

    @Option(help: ArgumentHelp("Check to leave out; may be repeated.", valueName: "check"))
    var disable: [CheckName] = []

    @OptionGroup(title: "Profiles") var profiles: ProfileOptions

    @Option(help: "What violations do: alarm reports them only, block also refuses. (default: block)")
    var enforce: Enforce?

    @Option(help: "The name in the banner and the EHLO reply.")
    var hostname = "localhost"

    @Option(help: ArgumentHelp("Hold the banner back, to catch clients that speak first.", valueName: "seconds"))
    var bannerDelay: Int?

    @Option(help: ArgumentHelp("The largest message. (default: 52428800)", valueName: "octets"))
    var maxMessageSize: UInt64?

    @Option(
        help: ArgumentHelp(
            "Where rates, refused recipients and known senders are remembered: memory, sqlite:FILE, or redis:URL with "
                + "redis://[user:password@]host[:port][/db], rediss:// or unix:///path.",
            valueName: "state"))
    var state: StateLocation = .memory

    @Option(
        help: ArgumentHelp(
            "With memory: restore from this file at the start, and write it every minute and at the end.",
            valueName: "file"))
    var stateSnapshot: String?

    @Flag(help: "With redis: use memory while Redis is away, instead of going on without these checks.")
    var stateFallback = false

    @Option(
        help: ArgumentHelp(
            "Greylist senders that nobody knows for this long. Without it there is no greylisting.",
            valueName: "seconds"))
    var greylist: Int?

    @Option(
        help: ArgumentHelp(
            "The recipients there are: a file of lines user@domain, or @domain for all of a domain.",
            valueName: "file"))
    var recipients: String?

    @Option(help: ArgumentHelp("Hold replies to harvesters back for so long.", valueName: "seconds"))
    var tarpit: Int?

    @Option(
        help: ArgumentHelp(
            "Clients without rate limits, harvest counts and greylisting; may be repeated.", valueName: "network"))
    var exempt: [IPNetwork] = []

    @Option(
        help: ArgumentHelp(
            "The name server that is asked about senders and clients: host:port, system or root. Without it, and without --zone, there is "
                + "no SPF, and senders and clients are not looked up.",
            valueName: "resolver"))
    var resolver: ResolverLocation?

    @Option(
        help: ArgumentHelp("Answer questions about names from this master file, and ask nobody.", valueName: "file"))
    var zone: String?

    @Option(help: ArgumentHelp("How long one question to the resolver may take.", valueName: "seconds"))
    var resolverTimeout = 5

    @Option(help: ArgumentHelp("Validate answers (DNSSEC) with the keys in this file.", valueName: "file"))
    var trustAnchors: String?

    @Option(
        help: ArgumentHelp(
            "A domain that mail is taken for, with a dot before it all below it; may be repeated. Without any, mail for all domains is taken.",
            valueName: "domain"))
    var relayDomain: [String] = []

    @Option(
        help: ArgumentHelp(
            "An extension of file names that is refused, beside those of programs; may be repeated.",
            valueName: "extension"))
    var disallowExtension: [String] = []

    @OptionGroup(title: "Malware") var viruses: VirusOptions

    @OptionGroup(title: "Reports") var reports: ReportOptions

    @Option(
        help: ArgumentHelp(
            "Senders and clients that are refused: a file of lines such as \"sender example.org\", \"sender a@example.org\", "
                + "\"client 192.0.2.0/24\", \"client .dynamic.example.net\".",
            valueName: "file"))
    var disallow: String?

    @Option(
        help: ArgumentHelp("Senders and clients that are not validated: a file as for --disallow.", valueName: "file"))
    var allow: String?

    @Option(
        help: ArgumentHelp(
            "What one violation does: ignore, alarm or block; for example spf.softfail=block. May be repeated.",
            valueName: "violation=action"))
    var action: [ViolationAction] = []

    @Option(help: "How much to log.")
    var logLevel: Logger.Level = .info

    @Option(help: "How to log.")
    var logFormat: LogFormat = .text

    @Flag(
        help: "Log a line for each session, transaction and check that takes time when it ends: how long it took.")
    var trace = false

    /// Whether the program prints something and stops.
    private var onlyPrints: Bool { profiles.checkProfile || profiles.profileSchema }

    func validate() throws {
        if !onlyPrints {
            guard !listen.isEmpty else { throw ValidationError("--listen HOST:PORT is needed at least once") }
            guard upstream != nil else { throw ValidationError("--upstream HOST:PORT is needed") }
        }
        if profiles.profile != nil, let option = policyOptions.first {
            throw ValidationError("--\(option) is for runs without --profile; write it into the file")
        }
        if let bannerDelay, bannerDelay < 0 { throw ValidationError("--banner-delay takes seconds, 0 or more") }
        if let tarpit, tarpit < 0 { throw ValidationError("--tarpit takes seconds, 0 or more") }
        if let greylist, !(1..<172_800).contains(greylist) {
            throw ValidationError(
                "--greylist takes seconds, 1 to 172799: less than the 48 hours that senders have to come back")
        }
        if stateSnapshot != nil, case .memory = state {
        } else if stateSnapshot != nil {
            throw ValidationError("--state-snapshot goes with --state memory; \(state) keeps itself")
        }
        if resolver != nil, zone != nil { throw ValidationError("--resolver and --zone exclude each other") }
        guard (1...60).contains(resolverTimeout) else {
            throw ValidationError("--resolver-timeout takes 1 to 60 seconds")
        }
        if trustAnchors != nil, resolver == nil { throw ValidationError("--trust-anchors goes with --resolver") }
        if stateFallback, case .redis = state {
        } else if stateFallback {
            throw ValidationError("--state-fallback goes with --state redis:URL")
        }
    }

    /// The options that a profile has in its place.
    private var policyOptions: [String] {
        let given: [(String, Bool)] = [
            ("disable", !disable.isEmpty), ("enforce", enforce != nil), ("banner-delay", bannerDelay != nil),
            ("max-message-size", maxMessageSize != nil), ("greylist", greylist != nil),
            ("recipients", recipients != nil), ("tarpit", tarpit != nil), ("exempt", !exempt.isEmpty),
            ("relay-domain", !relayDomain.isEmpty), ("disallow-extension", !disallowExtension.isEmpty),
            ("disallow", disallow != nil), ("allow", allow != nil), ("action", !action.isEmpty),
            ("scan-failure", viruses.scanFailure != nil),
        ]
        return given.filter(\.1).map(\.0)
    }

    func run() async throws {
        LoggingSystem.bootstrap(logFormat.handler(level: logLevel))
        let logger = Logger(label: "smtp-proxy")
        let memory = try StateStore.open(state, snapshot: stateSnapshot, hasFallback: stateFallback, logger)
        let names = try openResolver(logger)
        let antivirus = disable.contains(.antivirus) ? nil : try await viruses.check(logger)
        let resources = try resources(memory, names, antivirus?.0)
        if onlyPrints { return try printProfiles(resources) }
        guard let upstream else { return }
        var configuration = ProxyConfiguration(upstreamHost: upstream.host, upstreamPort: upstream.port, logger: logger)
        configuration.upstreamConnection = connect
        if trace {
            InstrumentationSystem.bootstrap(LogTracer(logger: Logger(label: "trace")))
            configuration.tracer = InstrumentationSystem.tracer
        }
        let report = try reports.open(logger)
        if let report {
            configuration.observers.append(report)
            configuration.messageDigest = MessageDigest.sha256
        }
        let recording = try reports.recorder(logger)
        configuration.recorder = recording?.recorder
        let file = profiles.profile.map { ProfileFile(path: $0, resources: resources) }
        let pipelines: PipelineSelection<AnyCheckSequence>
        if let file {
            let profiles = try read(file)
            for remark in profiles.remarks { logger.warning("\(remark)") }
            pipelines = file.selection(profiles)
        } else {
            pipelines = PipelineSelection(AnyCheckPipeline(profile: try profile(memory, names, antivirus?.0)))
        }
        let proxy = ProxyServer(configuration: configuration, pipelines: pipelines)
        var services: [any Service] = [memory]
        if let report { services.append(report) }
        if let recording { services.append(recording) }
        if let antivirus { services.append(antivirus.1) }
        if let page = try reports.page(of: report, proxy.statistics, logger) { services.append(page) }
        if let file {
            let signals = await UnixSignalsSequence(trapping: .sighup)
            services.append(ProfileReloader(file: file, proxy: proxy, logger: logger, signals: signals))
        }
        services.append(ProxyService(proxy: proxy))
        for address in listen {
            let bound: Endpoint
            do {
                bound = try await proxy.listen(host: address.host, port: address.port)
            } catch {
                throw ValidationError("cannot listen on \(address): \(error)")
            }
            logger.notice("listening", metadata: ["address": "\(bound)", "upstream": "\(upstream)"])
        }
        let group = ServiceGroup(
            configuration: .init(
                // Stopped in the opposite order: sessions end before what they remember is written.
                services: services.map { .init(service: $0) },
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
        print(StatisticsReport(proxy.statistics.snapshot).text)
    }

    // MARK: Profiles in files

    private func resources(
        _ memory: StateStore, _ names: NameResolver?, _ antivirus: AntivirusCheck?
    ) throws -> ProfileResources {
        var resources = ProfileResources(rates: memory.rates, tallies: memory.tallies, sightings: memory.sightings)
        resources.resolver = names
        resources.scanner = antivirus?.scanner
        (resources.detector, resources.archives) = try inspection()
        resources.session.hostname = hostname
        resources.session.transcriptLines = reports.keptLines
        return resources
    }

    private func read(_ file: ProfileFile) throws -> ProfileSet {
        do throws(ProfileFileError) {
            return try file.read()
        } catch {
            FileHandle.standardError.write(Data("\(error)\n".utf8))
            throw ExitCode(1)
        }
    }

    private func printProfiles(_ resources: ProfileResources) throws {
        if profiles.profileSchema { return print(ProfileSchema.schema(resources).json, terminator: "") }
        guard let path = profiles.profile else { return print(ProfileSet(resources).commented, terminator: "") }
        let profiles = try read(ProfileFile(path: path, resources: resources))
        for remark in profiles.remarks { FileHandle.standardError.write(Data("\(remark)\n".utf8)) }
        print(profiles.commented, terminator: "")
    }

    // MARK: The profile that options make

    private func openResolver(_ logger: Logger) throws -> NameResolver? {
        if let zone { return try .open(zone: zone) }
        guard let resolver else { return nil }
        return try .open(resolver, timeout: .seconds(resolverTimeout), trustAnchors: trustAnchors, logger)
    }

    private func list(_ option: String, _ file: String?) throws -> SenderList {
        guard let file else { return SenderList() }
        do {
            return try SenderList(parsing: String(contentsOfFile: file, encoding: .utf8))
        } catch {
            throw ValidationError("--\(option) \(file): \(error)")
        }
    }

    private func senderValidation(_ names: NameResolver?) throws -> any SecurityCheck {
        let (allowed, disallowed) = (try list("allow", allow), try list("disallow", disallow))
        func check<Resolver: DNSResolver>(_ resolver: Resolver, asks: Bool) -> SenderValidation<Resolver> {
            var check = SenderValidation(resolver)
            check.allowed = allowed
            check.disallowed = disallowed
            check.checksSenderDomain = asks
            check.checksGreetingName = asks
            check.checksReverseName = asks
            return check
        }
        return if let names { check(names, asks: true) } else { check(ZoneResolver(), asks: false) }
    }

    private var recipientValidation: RecipientValidation {
        var check = RecipientValidation()
        if !relayDomain.isEmpty { check.relayDomains = Set(relayDomain.map { $0.lowercased() }) }
        check.relayNetworks = exempt
        return check
    }

    private func contentValidation() throws -> ContentValidation {
        var check = ContentValidation()
        for text in disallowExtension {
            check.attachments.disallowedExtensions.insert(
                (text.hasPrefix(".") ? String(text.dropFirst()) : text).lowercased())
        }
        (check.detector, check.archives) = try inspection()
        return check
    }

    /// Short files are known by their signatures, unusual ones by libmagic's database.
    private func inspection() throws -> (any FileTypeDetector, any ArchiveLister) {
        (DetectorChain(SignatureDetector(), try MagicDetector()), LibraryArchiveLister(detector: SignatureDetector()))
    }

    /// The default profile with what the options change.
    private func profile(
        _ memory: StateStore, _ names: NameResolver?, _ antivirus: AntivirusCheck?
    ) throws -> SecurityProfile {
        var harvest = DirectoryHarvest(store: memory.tallies)
        harvest.exemptNetworks = exempt
        harvest.tarpit = .seconds(tarpit ?? 0)
        if let recipients {
            do {
                harvest.recipients = try RecipientList(parsing: String(contentsOfFile: recipients, encoding: .utf8))
            } catch {
                throw ValidationError("--recipients \(recipients): \(error)")
            }
        }
        let validation = try senderValidation(names)
        let content = try contentValidation()
        var profile = SecurityProfile("default") { profile in
            profile.mode = enforce == .alarm ? .transparent : .blocking
            profile.session.hostname = hostname
            profile.session.transcriptLines = reports.keptLines
            profile.session.greetingDelay = .seconds(bannerDelay ?? 0)
            if let maxMessageSize { profile.session.limits.message = maxMessageSize }
            if !disable.contains(.compliance) { profile.install(ProtocolCompliance()) }
            if !disable.contains(.methods) { profile.install(MethodFilter()) }
            // Before the limits: its answer during a penalty has to be the same for everybody.
            if !disable.contains(.directoryHarvest) { profile.install(harvest) }
            if !disable.contains(.rateLimit) {
                var limit = RateLimit(store: memory.rates)
                limit.exemptNetworks = exempt
                profile.install(limit)
            }
            if !disable.contains(.validation) { profile.install(validation) }
            if !disable.contains(.recipients) { profile.install(recipientValidation) }
            if !disable.contains(.content) { profile.install(content) }
            if let antivirus { profile.install(antivirus) }
            if let names {
                // Results are written into messages under our name, and nobody else may write under it.
                profile.session.authenticationService = hostname
                if !disable.contains(.spf) {
                    profile.install(SPFCheck(NativeSPFEvaluator(names), receiver: hostname))
                }
            }
            if let greylist, !disable.contains(.greylist) {
                var check = Greylist(store: memory.sightings)
                check.rule.delay = .seconds(greylist)
                check.exemptNetworks = exempt
                profile.install(check)
            }
        }
        for action in action {
            guard
                let (definition, _) = profile.violations.first(where: { $0.definition.identifier == action.violation })
            else {
                let known = profile.violations.map(\.definition.identifier).joined(separator: ", ")
                throw ValidationError("--action \(action.violation): there is no such violation. There are: \(known)")
            }
            profile[definition] = action.enforcement
        }
        return profile
    }
}

/// Runs the proxy until the process is asked to stop.
struct ProxyService<Checks: CheckSequence>: Service {
    let proxy: ProxyServer<Checks>

    func run() async throws {
        try? await gracefulShutdown()
        await proxy.shutDownGracefully()
    }
}
