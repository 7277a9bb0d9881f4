/// What clamd says that it is, such as `ClamAV 1.4.6/27000/Mon Jul 29 08:32:37 2024`.
public struct ClamdVersion: Sendable, Hashable, CustomStringConvertible {
    /// The program, such as `ClamAV 1.4.6`.
    public let engine: String
    /// The number of the daily signatures; `nil` if clamd has none.
    public let database: Int?
    /// When the signatures were made, in clamd's words; `nil` if it does not say so.
    public let date: String?

    /// Reads what clamd says; `nil` if it is something else.
    init?(parsing line: some Collection<UInt8>) {
        guard line.count <= 200, line.allSatisfy({ (0x20...0x7E).contains($0) }) else { return nil }
        let parts = String(decoding: line, as: UTF8.self)
            .split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts[0].hasPrefix("ClamAV "), parts[0].utf8.count > 7 else { return nil }
        engine = parts[0]
        if parts.count > 1 {
            guard (1...9).contains(parts[1].utf8.count), let number = Int(parts[1]), number >= 0 else { return nil }
            database = number
        } else {
            database = nil
        }
        date = parts.count > 2 && !parts[2].isEmpty ? parts[2] : nil
    }

    /// In clamd's words.
    public var description: String {
        [engine, database.map(String.init), date].compactMap { $0 }.joined(separator: "/")
    }
}
