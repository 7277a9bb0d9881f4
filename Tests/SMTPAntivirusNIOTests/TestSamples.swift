import SMTPAntivirus

@testable import SMTPAntivirusNIO

/// What the tests have scanned.
enum TestSamples {
    /// The test file of EICAR, which scanners take for a virus. In two halves, so that nothing takes this file for one.
    static let eicar = Array(
        (#"X5O!P%@AP[4\PZX54(P^)7CC)7}$"# + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*").utf8)

    /// How many octets samples have, at places where something changes.
    static let counts = [0, 1, 4, 65_536, 200_001]

    /// Octets without a pattern that is shorter than a piece.
    static func octets(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    }

    static let hello = ScanSample(Array("hello".utf8))

    static func url() throws -> ICAPURL { try ICAPURL(parsing: "icap://127.0.0.1/virus_scan?mode=simple") }
}
