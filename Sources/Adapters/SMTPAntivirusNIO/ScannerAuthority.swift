import NIOCore

/// A host and a port, as addresses and URLs have them (RFC 3986 §3.2), without a user.
struct ScannerAuthority: Sendable, Hashable {
    /// A name or an address; IPv6 without brackets.
    let host: String
    /// From 1 to 65,535.
    let port: Int

    /// Reads `host`, `host:port`, `[address]` or `[address]:port`.
    init(_ text: ArraySlice<UInt8>, defaultPort: Int) throws(ScannerAddressError) {
        var rest = text
        if rest.first == UInt8(ascii: "[") {
            guard let end = rest.firstIndex(of: UInt8(ascii: "]")) else {
                throw ScannerAddressError(at: rest.startIndex, "the bracket is not closed")
            }
            let address = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            guard address.contains(":"), !address.contains("%"), !address.utf8.contains(0),
                (try? SocketAddress(ipAddress: address, port: 0)) != nil
            else {
                throw ScannerAddressError(at: rest.startIndex + 1, "what is in brackets is not an IPv6 address")
            }
            host = address
            rest = rest[(end + 1)...]
        } else {
            let name = rest.prefix { Self.isPartOfName($0) }
            guard !name.isEmpty else { throw ScannerAddressError(at: rest.startIndex, "there is no host") }
            guard name.count <= 253 else {
                throw ScannerAddressError(at: rest.startIndex, "the host has more than 253 characters")
            }
            host = String(decoding: name, as: UTF8.self)
            rest = rest[name.endIndex...]
        }
        guard let separator = rest.first else {
            port = defaultPort
            return
        }
        guard separator == UInt8(ascii: ":") else {
            throw ScannerAddressError(at: rest.startIndex, "this does not belong into a host")
        }
        rest = rest.dropFirst()
        guard !rest.contains(UInt8(ascii: ":")) else {
            throw ScannerAddressError(at: text.startIndex, "an IPv6 address has to be in brackets")
        }
        guard (1...5).contains(rest.count), rest.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(String(decoding: rest, as: UTF8.self)), (1...65_535).contains(number)
        else { throw ScannerAddressError(at: rest.startIndex, "the port is not a number from 1 to 65535") }
        port = number
    }

    private static func isPartOfName(_ octet: UInt8) -> Bool {
        switch octet {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
