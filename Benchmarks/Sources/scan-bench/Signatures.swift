import Foundation

/// A database of signatures of nothing, as many as are wanted: most of them hashes of whole files, the others octets within files of various types, as
/// in ClamAV's own database.
enum Signatures {
    /// - Parameters:
    ///   - count: how many, at least one.
    ///   - folder: where its files go.
    static func write(_ count: Int, to folder: URL) throws {
        let contents = max(1, count / 20)
        // Any file, programs, web pages, mail, and text.
        let types = [0, 1, 1, 1, 3, 4, 7]
        let octets = (0..<contents).map { "Bench.\($0):\(types[$0 % types.count]):*:\(hexadecimal(16 + $0 % 32))\n" }
        try Data(octets.joined().utf8).write(to: folder.appending(path: "bench.ndb"))
        guard count > contents else { return }
        let hashes = (contents..<count).map { "\(hexadecimal(32)):\(1_000 + $0 % 1_000_000):Bench.\($0)\n" }
        try Data(hashes.joined().utf8).write(to: folder.appending(path: "bench.hsb"))
    }

    private static func hexadecimal(_ count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * count)
        for _ in 0..<count {
            let octet = Int.random(in: 0..<256)
            text.append(digits[octet >> 4])
            text.append(digits[octet & 15])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
