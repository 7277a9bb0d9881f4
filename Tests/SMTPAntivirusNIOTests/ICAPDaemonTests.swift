import Foundation
import SMTPAntivirus
import Testing

@testable import SMTPAntivirusNIO

/// Against a real c-icap; skipped if there is none.
@Suite(.enabled(if: ICAPDaemon.isInstalled, "c-icap with virus_scan is not installed"))
struct ICAPDaemonTests {
    static let found = ScanVerdict.infected("EICAR-By-Bytes.UNOFFICIAL")

    @Test("c-icap finds what its clamd knows", arguments: ICAPConfiguration.Method.allCases, [true, false])
    func scanning(_ method: ICAPConfiguration.Method, _ usesPreview: Bool) async throws {
        let daemon = try await ICAPDaemon()
        var configuration = ICAPConfiguration()
        configuration.method = method
        configuration.usesPreview = usesPreview
        let scanner = ICAPScanner(try daemon.url(), configuration: configuration)
        #expect(scanner.name == "icap")
        let eicar = ScanSample(TestSamples.eicar, name: "a\r\nb.com")
        #expect(await scanner.scan(eicar) == Self.found)
        #expect(scanner.signatureVersion?.isEmpty == false)
        #expect(await scanner.scan(ScanSample([1])) == .clean)
        #expect(await scanner.scan(ScanSample([])) == .clean)
        let large = [UInt8](repeating: 0x41, count: 5_000_000)
        #expect(await scanner.scan(ScanSample(large)) == .clean)
        let last = await scanner.scan(ScanSample(large + TestSamples.eicar))
        #expect(last == Self.found)
        let verdicts = await withTaskGroup(of: ScanVerdict.self) { group in
            for index in 0..<40 {
                group.addTask { await scanner.scan(ScanSample(index.isMultiple(of: 2) ? TestSamples.eicar : [1])) }
            }
            return await group.reduce(into: [ScanVerdict: Int]()) { $0[$1, default: 0] += 1 }
        }
        #expect(verdicts == [.clean: 20, Self.found: 20])
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("c-icap sends all back if it may not say 204")
    func withoutNoContent() async throws {
        let daemon = try await ICAPDaemon("virus_scan.Allow204Responces off")
        let scanner = ICAPScanner(try daemon.url())
        for count in [1, 1_024, 1_025, 300_000] {
            #expect(await scanner.scan(ScanSample(TestSamples.octets(count))) == .clean)
            let verdict = await scanner.scan(ScanSample(TestSamples.octets(count) + TestSamples.eicar))
            #expect(verdict == Self.found, "\(count)")
        }
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("c-icap sends back what it has not scanned yet, but not to the end")
    func sentBackEarly() async throws {
        let daemon = try await ICAPDaemon(sendingBackAfter: "100K", "virus_scan.SendPercentData 50")
        let scanner = ICAPScanner(try daemon.url())
        for count in [2_000, 1_000_000] {
            #expect(await scanner.scan(ScanSample(TestSamples.octets(count))) == .clean)
            let verdict = await scanner.scan(ScanSample(TestSamples.octets(count) + TestSamples.eicar))
            #expect(verdict == (count < 100_000 ? Self.found : .infected(ICAPExchange.modifiedName)))
        }
        await scanner.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("c-icap's echo finds nothing, and has no service of another name")
    func otherServices() async throws {
        let daemon = try await ICAPDaemon()
        let echo = ICAPScanner(try daemon.url("echo"))
        #expect(await echo.scan(ScanSample(TestSamples.eicar)) == .clean)
        #expect(await echo.scan(ScanSample(TestSamples.octets(100_000))) == .clean)
        let other = ICAPScanner(try daemon.url("other"))
        #expect(await other.scan(ScanSample([1])) == .unscanned(.unavailable("ICAP 404 Service not found")))
        await echo.shutdown()
        await other.shutdown()
        withExtendedLifetime(daemon) {}
    }

    @Test("c-icap without its clamd finds nothing clean")
    func withoutClamd() async throws {
        let daemon = try await ICAPDaemon()
        let scanner = ICAPScanner(try daemon.url())
        #expect(await scanner.scan(ScanSample([1])) == .clean)
        daemon.clamd.process.kill(SIGKILL)
        #expect(await scanner.scan(ScanSample([1])).reason == "unavailable")
        daemon.process.kill(SIGKILL)
        #expect(await scanner.scan(ScanSample([1])).reason == "unavailable")
        await scanner.shutdown()
    }
}
