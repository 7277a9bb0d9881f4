/// A network: all addresses with the same first bits.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    /// The first address, all bits after the prefix zero.
    public let address: IPAddress
    /// How many bits are fixed: 0 to 32, or 0 to 128.
    public let prefixLength: Int

    /// The network of an address.
    ///
    /// - Parameters:
    ///   - address: any address in it.
    ///   - prefixLength: how many bits are fixed; clamped to what the address has.
    public init(_ address: IPAddress, prefixLength: Int) {
        switch address {
        case .v4(let value):
            let bits = min(max(prefixLength, 0), 32)
            self.prefixLength = bits
            // Shifting by the full width gives zero in Swift.
            self.address = .v4(value & UInt32.max << UInt32(32 - bits))
        case .v6(let high, let low):
            let bits = min(max(prefixLength, 0), 128)
            self.prefixLength = bits
            self.address = .v6(
                high & UInt64.max << UInt64(64 - min(bits, 64)), low & UInt64.max << UInt64(128 - max(bits, 64)))
        }
    }

    /// The network that a client's address belongs to; an IPv4 address in IPv6 notation counts as IPv4.
    ///
    /// - Parameters:
    ///   - client: the address.
    ///   - ipv4PrefixLength: how many bits are fixed of an IPv4 address.
    ///   - ipv6PrefixLength: how many bits are fixed of an IPv6 address.
    public init(of client: IPAddress, ipv4PrefixLength: Int, ipv6PrefixLength: Int) {
        let address = client.canonical
        switch address {
        case .v4: self.init(address, prefixLength: ipv4PrefixLength)
        case .v6: self.init(address, prefixLength: ipv6PrefixLength)
        }
    }

    /// Reads `address/prefix`, or an address alone, which is a network of one.
    ///
    /// - Throws: `IPAddress.ParseError` for anything else, bits after the prefix that are not zero included.
    public init(_ text: String) throws(IPAddress.ParseError) {
        guard let slash = text.firstIndex(of: "/") else {
            let address = try IPAddress(text)
            if case .v4 = address {
                self.init(address, prefixLength: 32)
            } else {
                self.init(address, prefixLength: 128)
            }
            return
        }
        let digits = text[text.index(after: slash)...]
        let address = try IPAddress(String(text[..<slash]))
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let bits = Int(digits)
        else {
            throw IPAddress.ParseError(text, "a network: a prefix length belongs after the slash")
        }
        self.init(address, prefixLength: bits)
        guard prefixLength == bits, self.address == address else {
            throw IPAddress.ParseError(text, "a network: did you mean \(self)?")
        }
    }

    /// The same network, as IPv4 if all its addresses are IPv4 addresses in IPv6 notation (RFC 4291 §2.5.5.2).
    public var canonical: IPNetwork {
        guard prefixLength >= 96, case .v6 = address, case .v4(let value) = address.canonical else { return self }
        return IPNetwork(.v4(value), prefixLength: prefixLength - 96)
    }

    /// Whether an address belongs to the network. Addresses and networks of IPv4 in IPv6 notation count as IPv4.
    public func contains(_ other: IPAddress) -> Bool {
        let network = canonical
        return switch (network.address, other.canonical) {
        case (.v4, .v4(let value)):
            IPNetwork(.v4(value), prefixLength: network.prefixLength).address == network.address
        case (.v6, .v6(let high, let low)):
            IPNetwork(.v6(high, low), prefixLength: prefixLength).address == address
        default: false
        }
    }

    /// `address/prefix`.
    public var description: String { "\(address)/\(prefixLength)" }
}
