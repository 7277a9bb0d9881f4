import Foundation
import SMTPAntivirus
import Testing

@testable import SMTPAntivirusNIO

/// Against a real clamd; skipped if there is none.
@Suite(.enabled(if: ClamdDaemon.isInstalled, "clamd is not installed"))
struct ClamdDaemonTests {
    static let name = "EICAR-By-Bytes.UNOFFICIAL"

    @Test("clamd finds what it knows", arguments: [true, false])
    func scanning(_ reusesConnections: Bool) async throws {
        let daemon = try await ClamdDaemon()
        var configuration = ClamdConfiguration()
        configuration.reusesConnections = reusesConnections
        let scanner = ClamdScanner(daemon.address, configuration: configuration)
        #expect(scanner.name == "clamd")
        #expect(scanner.signatureVersion == nil)
        #expect(await scanner.scan(ScanSample(TestSamples.eicar)) == .infected(Self.name))
        #expect(await scanner.scan(ScanSample([])) == .clean)
        #expect(await scanner.scan(ScanSample(Array("hello".utf8))) == .clean)
        let large = [UInt8](repeating: 0x41, count: 5_000_000)
        #expect(await scanner.scan(ScanSample(large)) == .clean)
        #expect(await scanner.scan(ScanSample(large + TestSamples.eicar)) == .infected(Self.name))
        let verdicts = await withTaskGroup(of: ScanVerdict.self) { group in
            for index in 0..<40 {
                group.addTask { await scanner.scan(ScanSample(index.isMultiple(of: 2) ? TestSamples.eicar : [1])) }
            }
            return await group.reduce(into: [ScanVerdict: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(verdicts == [.clean: 20, .infected(Self.name): 20])
        #expect(try await scanner.version().engine.hasPrefix("ClamAV "))
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("A sample is larger than clamd takes", arguments: [true, false])
    func tooLarge(_ reusesConnections: Bool) async throws {
        let daemon = try await ClamdDaemon(streamLimit: "1M")
        var configuration = ClamdConfiguration()
        configuration.reusesConnections = reusesConnections
        let scanner = ClamdScanner(daemon.address, configuration: configuration)
        let large = ScanSample([UInt8](repeating: 0x41, count: 20_000_000))
        #expect(await scanner.scan(large) == .unscanned(.tooLarge))
        #expect(await scanner.scan(ScanSample([1])) == .clean)
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("clamd is killed while it has a sample, and is away afterwards")
    func killed() async throws {
        let daemon = try await ClamdDaemon()
        let scanner = ClamdScanner(daemon.address)
        #expect(await scanner.scan(ScanSample([1])) == .clean)
        daemon.process.kill(SIGSTOP)
        async let verdict = scanner.scan(ScanSample([UInt8](repeating: 0x41, count: 5_000_000)))
        daemon.process.kill(SIGKILL)
        #expect(await verdict.reason == "unavailable")
        #expect(await scanner.scan(ScanSample([1])).reason == "unavailable")
        await scanner.shutdown()
    }

    @Test("A scan of a clamd that has stopped can be cancelled")
    func stopped() async throws {
        let daemon = try await ClamdDaemon()
        let scanner = ClamdScanner(daemon.address)
        #expect(await scanner.scan(ScanSample([1])) == .clean)
        daemon.process.kill(SIGSTOP)
        let task = Task { await scanner.scan(ScanSample([UInt8](repeating: 0x41, count: 5_000_000))) }
        task.cancel()
        #expect(await task.value == .unscanned(.deadline))
        daemon.process.kill(SIGCONT)
        #expect(await scanner.scan(ScanSample(TestSamples.eicar)) == .infected(Self.name))
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }
}

extension ScanVerdict {
    /// Why it is none.
    var reason: String? {
        if case .unscanned(let reason) = self { reason.name } else { nil }
    }
}
