import Foundation

@testable import SMTPAntivirusNIO

/// A real clamd that knows the test file of EICAR and nothing else.
struct ClamdDaemon: Sendable {
    static let program = "/usr/sbin/clamd"

    /// Whether there is one to start. Says so once if not: tests that are skipped should not go unnoticed.
    static let isInstalled: Bool = {
        let found = FileManager.default.isExecutableFile(atPath: program)
        if !found { print("SKIPPED: clamd is not installed, so no scanner is tested against it") }
        return found
    }()

    let process: DaemonProcess
    let address: ScannerAddress

    /// Starts one and waits until it accepts connections.
    init(streamLimit: String = "60M") async throws {
        let folder = try DaemonProcess.makeFolder()
        let signature = TestSamples.eicar.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let configuration = """
            LocalSocket \(folder)/clamd.sock
            Foreground yes
            DatabaseDirectory \(folder)/database
            StreamMaxLength \(streamLimit)
            MaxScanSize 100M
            MaxFileSize 100M
            """
        address = .unix("\(folder)/clamd.sock")
        process = try DaemonProcess(
            Self.program, ["--config-file=\(folder)/clamd.conf"], folder: folder,
            files: [
                "clamd.conf": configuration + "\n", "database/test.ndb": "EICAR-By-Bytes:0:*:\(signature)\n",
            ])
        try await process.accepts(address)
    }
}
