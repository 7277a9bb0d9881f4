import SMTPSecurity

/// Values of the core as the text that people know them by.
extension KeyedEncodingContainer {
    mutating func encode(_ time: Timestamp, forKey key: Key) throws { try encode(time.iso8601, forKey: key) }
}

extension KeyedDecodingContainer {
    /// Reads a text that stands for something else.
    ///
    /// - Parameters:
    ///   - key: where it stands.
    ///   - meaning: what it stands for, in words, for the error.
    ///   - read: reads it; `nil` if it means nothing.
    func decode<Value>(_ key: Key, as meaning: String, _ read: (String) -> Value?) throws -> Value {
        guard let value = read(try decode(String.self, forKey: key)) else {
            throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "not \(meaning)")
        }
        return value
    }

    func decodeTime(_ key: Key) throws -> Timestamp {
        try decode(key, as: "a time like 2026-07-01T12:34:56.789Z") { Timestamp(iso8601: $0) }
    }
}

extension Endpoint {
    /// Reads what an endpoint's description says; `nil` for anything else.
    init?(text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let address = try? IPAddress(String(host)) else { return nil }
        self.init(address, port: port)
        guard description == text else { return nil }
    }
}
