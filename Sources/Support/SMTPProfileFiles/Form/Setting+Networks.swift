extension Setting {
    /// How much of an IPv4 address makes a network.
    static func ipv4PrefixLength(_ property: WritableKeyPath<Root, Int>) -> Setting {
        Setting("ipv4-prefix-length", property, .number(0...32), "Bits of an IPv4 address that make a network.")
    }

    /// How much of an IPv6 address makes a network.
    static func ipv6PrefixLength(_ property: WritableKeyPath<Root, Int>) -> Setting {
        Setting("ipv6-prefix-length", property, .number(0...128), "Bits of an IPv6 address that make a network.")
    }
}
