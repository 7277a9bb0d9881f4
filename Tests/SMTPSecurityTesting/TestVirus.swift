/// The EICAR test file: scanners are agreed to find it, and it does nothing.
///
/// It is put together here, so that no file of this project is taken for it.
public enum TestVirus {
    /// Its 68 octets.
    public static let octets = Array(
        (#"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-"# + "ANTIVIRUS-TEST-FILE!$H+H*").utf8)
    /// The name of its file.
    public static let fileName = "eicar.com"
    /// Its SHA-256.
    public static let digest = "275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f"
    /// What a scanner with ``bytesDatabase`` calls it.
    public static let bytesName = "Test-By-Bytes.UNOFFICIAL"
    /// What a scanner with ``hashDatabase`` calls it.
    public static let hashName = "Test-By-Hash.UNOFFICIAL"

    /// A database of ClamAV's with its octets, wherever they are: the content of a file `….ndb`.
    public static var bytesDatabase: String {
        let digits = octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "Test-By-Bytes:0:*:\(digits)\n"
    }

    /// A database of ClamAV's with its hash: the content of a file `….hdb`.
    public static var hashDatabase: String { "44d88612fea8a8f36de82e1278abb02f:68:Test-By-Hash\n" }

    /// Whether it stands in these octets.
    public static func isFound(in sample: [UInt8]) -> Bool {
        guard sample.count >= octets.count else { return false }
        return (0...sample.count - octets.count).contains { start in
            sample[start] == octets[0] && sample[start..<start + octets.count].elementsEqual(octets)
        }
    }
}
