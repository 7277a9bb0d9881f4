#if Redis

/// The parts of a Redis server's URL (RFC 3986 §3).
struct RedisURL {
    var address: RedisAddress
    var credentials: RedisCredentials?
    var database = 0
    var isTLS = false

    init(_ url: String) throws(RedisURLError) {
        let octets = Array(url.utf8)
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")), octets[colon...].starts(with: "://".utf8) else {
            throw .unknownScheme
        }
        guard !octets.contains(UInt8(ascii: "#")) else { throw .unexpectedPart }
        let isSocket: Bool
        switch String(decoding: octets[..<colon], as: UTF8.self).lowercased() {
        case "redis": isSocket = false
        case "rediss":
            isSocket = false
            isTLS = true
        case "redis+unix", "unix": isSocket = true
        default: throw .unknownScheme
        }

        // A password that should have been encoded may contain '/', '?' and '@': the last '@' ends it.
        var rest = octets[(colon + 3)...]
        if let end = rest.lastIndex(of: UInt8(ascii: "@")), !isSocket || rest.first != UInt8(ascii: "/") {
            credentials = try Self.credentials(rest[..<end])
            rest = rest[(end + 1)...]
        }
        if isSocket {
            (address, database) = try Self.socket(rest)
        } else {
            (address, database) = try Self.host(rest)
        }
    }

    private static func credentials(_ text: ArraySlice<UInt8>) throws(RedisURLError) -> RedisCredentials {
        guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { throw .missingPassword }
        let user = try decoded(text[..<colon])
        let password = try decoded(text[(colon + 1)...])
        guard !password.isEmpty else { throw .missingPassword }
        return RedisCredentials(user: user.isEmpty ? nil : user, password: password)
    }

    private static func host(_ text: ArraySlice<UInt8>) throws(RedisURLError) -> (RedisAddress, Int) {
        guard !text.contains(UInt8(ascii: "?")) else { throw .unexpectedPart }
        let slash = text.firstIndex(of: UInt8(ascii: "/")) ?? text.endIndex
        let authority = text[..<slash]
        let name: ArraySlice<UInt8>
        let port: ArraySlice<UInt8>
        if authority.first == UInt8(ascii: "[") {
            guard let bracket = authority.firstIndex(of: UInt8(ascii: "]")) else { throw .malformedHost }
            name = authority[(authority.startIndex + 1)..<bracket]
            port = authority[(bracket + 1)...]
            guard port.isEmpty || port.first == UInt8(ascii: ":") else { throw .malformedHost }
        } else {
            let colon = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.endIndex
            name = authority[..<colon]
            port = authority[colon...]
        }
        let host = try decoded(name)
        guard !host.isEmpty else { throw .missingHost }
        var number = 6379
        if !port.isEmpty {
            guard let value = decimal(port.dropFirst()), 1...65535 ~= value else { throw .invalidPort }
            number = value
        }
        return (.tcp(host: host, port: UInt16(number)), try database(text[slash...].dropFirst()))
    }

    private static func socket(_ text: ArraySlice<UInt8>) throws(RedisURLError) -> (RedisAddress, Int) {
        let question = text.firstIndex(of: UInt8(ascii: "?")) ?? text.endIndex
        let encoded = text[..<question]
        guard let first = encoded.first else { throw .missingPath }
        guard first == UInt8(ascii: "/") else { throw .unexpectedHost }
        let path = try decoded(encoded)
        guard path.utf8.count > 1 else { throw .missingPath }
        let query = text[question...].dropFirst()
        guard !query.isEmpty else { return (.unix(path: path), 0) }
        guard query.starts(with: "db=".utf8) else { throw .unexpectedPart }
        guard query.count > 3 else { throw .invalidDatabase }
        return (.unix(path: path), try database(query.dropFirst(3)))
    }

    private static func database(_ text: ArraySlice<UInt8>) throws(RedisURLError) -> Int {
        guard !text.isEmpty else { return 0 }
        guard let number = decimal(text) else { throw .invalidDatabase }
        return number
    }

    private static func decimal(_ text: ArraySlice<UInt8>) -> Int? {
        guard 1...9 ~= text.count, text.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return text.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }

    /// The text without percent-encoding (RFC 3986 §2.1). NUL would end it where C reads it.
    private static func decoded(_ text: ArraySlice<UInt8>) throws(RedisURLError) -> String {
        var plain: [UInt8] = []
        var rest = text
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                plain.append(octet)
                continue
            }
            guard let high = rest.popFirst().flatMap(hexadecimal), let low = rest.popFirst().flatMap(hexadecimal) else {
                throw .invalidEscape
            }
            plain.append(high << 4 | low)
        }
        guard !plain.contains(0), let string = String(validating: plain, as: UTF8.self) else { throw .invalidEscape }
        return string
    }

    private static func hexadecimal(_ octet: UInt8) -> UInt8? {
        switch octet {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): octet - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): octet - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): octet - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

#endif
