public import SMTPSecurity

/// Which sessions a profile is for, beside those that no rule selects.
public struct ProfileRule: Sendable, Hashable {
    /// A local address.
    public struct Listener: Sendable, Hashable, CustomStringConvertible {
        /// The address; `nil` for any.
        public var address: IPAddress?
        /// The port; `nil` for any.
        public var port: UInt16?

        /// `587`, `192.0.2.1`, `192.0.2.1:587`, `2001:db8::1` or `[2001:db8::1]:587`; `nil` for anything else.
        init?(_ text: String) {
            if let port = Self.port(text) {
                self.port = port
            } else if let address = try? IPAddress(text) {
                self.address = address
            } else if let colon = text.lastIndex(of: ":"), let port = Self.port(text[text.index(after: colon)...]) {
                var host = text[..<colon]
                if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
                guard let address = try? IPAddress(String(host)) else { return nil }
                self.address = address
                self.port = port
            } else {
                return nil
            }
        }

        private static func port(_ text: some StringProtocol) -> UInt16? {
            guard (1...5).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let port = UInt16(text), port > 0
            else { return nil }
            return port
        }

        func matches(_ endpoint: Endpoint) -> Bool {
            (address ?? endpoint.address) == endpoint.address && (port ?? endpoint.port) == endpoint.port
        }

        /// As it is written in files.
        public var description: String {
            switch (address, port) {
            case (let address?, let port?): Endpoint(address, port: port).description
            case (let address?, nil): "\(address)"
            case (nil, let port?): "\(port)"
            case (nil, nil): "any"
            }
        }
    }

    /// The local addresses that it holds for; empty for all.
    public var listeners: [Listener] = []
    /// The clients that it holds for; empty for all.
    public var clients: [IPNetwork] = []
    /// The profile's name.
    public var profile = ""

    /// Whether it holds for a connection.
    func matches(_ connection: ConnectionInfo) -> Bool {
        (listeners.isEmpty || listeners.contains { $0.matches(connection.local) })
            && (clients.isEmpty || clients.contains { $0.contains(connection.client.address) })
    }

    static var settings: [Setting<ProfileRule>] {
        [
            Setting(
                "listeners", \.listeners, .list(of: .listener, atMost: 1_000),
                "Local addresses that the rule holds for; all if not given."),
            Setting(
                "clients", \.clients, .list(of: .network), "Clients that the rule holds for; all if not given."),
            Setting("profile", \.profile, .profileName, "The profile."),
        ]
    }
}

extension ValueForm where Value == ProfileRule.Listener {
    /// An address that a server listens on, a port, or both.
    static var listener: ValueForm {
        let allowed = "a port, an address, or both, such as 587, \"192.0.2.1\" or \"[2001:db8::1]:587\""
        let port = ProfileValue.map(["type": .text("integer"), "minimum": .integer(1), "maximum": .integer(65_535)])
        let schema = ProfileValue.map(["anyOf": .list([port, .map(["type": .text("string")])])])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            switch node.content {
            case .scalar(let text, .text), .scalar(let text, .integer):
                if let listener = ProfileRule.Listener(text) { return listener }
            default: break
            }
            reader.refuse(node, allowed: allowed)
            return nil
        } show: { listener in
            listener.address == nil ? .integer(Int64(listener.port ?? 0)) : .text(listener.description)
        }
    }
}

extension ValueForm where Value == String {
    /// What a profile may be called.
    static var profileName: ValueForm {
        .token("a profile's name of letters, digits, dots, hyphens and underscores", pattern: "^[A-Za-z0-9._-]{1,100}$")
        {
            octet in
            (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x2E
                || octet == 0x5F
        }
    }
}
