import Foundation

@testable import SMTPAntivirusNIO

/// A real c-icap with `virus_scan`, which asks a real clamd.
struct ICAPDaemon: Sendable {
    static let program = "/usr/bin/c-icap"
    /// The first of those where Debian has the modules.
    static let modules = ["x86_64-linux-gnu", "aarch64-linux-gnu"].map { "/usr/lib/\($0)/c_icap" }
        .first { FileManager.default.fileExists(atPath: "\($0)/virus_scan.so") }

    /// Whether there is one to start. Says so once if not: tests that are skipped should not go unnoticed.
    static let isInstalled: Bool = {
        let found = ClamdDaemon.isInstalled && modules != nil && FileManager.default.isExecutableFile(atPath: program)
        if !found { print("SKIPPED: c-icap with virus_scan is not installed, so no scanner is tested against it") }
        return found
    }()

    let process: DaemonProcess
    let clamd: ClamdDaemon
    let port: Int

    /// Starts both and waits until they accept connections.
    ///
    /// - Parameters:
    ///   - sendingBackAfter: from which size on it sends samples back before it has scanned them.
    ///   - options: more lines of the configuration.
    init(sendingBackAfter: String = "100M", _ options: String = "") async throws {
        clamd = try await ClamdDaemon()
        port = try await Self.freePort()
        let folder = try DaemonProcess.makeFolder()
        let modules = Self.modules ?? ""
        let configuration = """
            PidFile \(folder)/c-icap.pid
            CommandsSocket \(folder)/c-icap.ctl
            Port 127.0.0.1:\(port)
            StartServers 1
            MaxServers 1
            MinSpareThreads 1
            MaxSpareThreads 10
            ThreadsPerChild 10
            ServerAdmin admin@smtp.invalid
            ServerName smtp.invalid
            TmpDir \(folder)
            ModulesDir \(modules)
            ServicesDir \(modules)
            TemplateDir /usr/share/c_icap/templates/
            TemplateDefaultLanguage en
            LoadMagicFile /etc/c-icap/c-icap.magic
            ServerLog \(folder)/server.log
            AccessLog \(folder)/access.log
            Service echo srv_echo.so
            Service antivirus_module virus_scan.so
            Module common clamd_mod.so
            virus_scan.ScanFileTypes TEXT DATA EXECUTABLE ARCHIVE GIF JPEG MSOFFICE
            virus_scan.MaxObjectSize 100M
            virus_scan.StartSendPercentDataAfter \(sendingBackAfter)
            clamd_mod.ClamdSocket \(clamd.address)
            \(options)
            """
        process = try DaemonProcess(
            Self.program, ["-N", "-f", "\(folder)/c-icap.conf"], folder: folder,
            files: ["c-icap.conf": configuration + "\n"])
        try await process.accepts(.tcp(host: "127.0.0.1", port: port))
    }

    func url(_ service: String = "virus_scan") throws -> ICAPURL {
        try ICAPURL(parsing: "icap://127.0.0.1:\(port)/\(service)")
    }

    /// A port of the loopback interface that nobody has at the moment.
    private static func freePort() async throws -> Int {
        let server = try await ScriptedServer { _, _ in .close }
        let port = server.port
        try await server.stop()
        return port
    }
}
