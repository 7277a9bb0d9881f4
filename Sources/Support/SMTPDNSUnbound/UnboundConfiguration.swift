#if Unbound
public import SMTPDNS
public import SMTPSecurity

/// How an ``UnboundResolver`` finds answers.
public struct UnboundConfiguration: Sendable, Hashable {
    /// Who is asked.
    public enum Upstream: Sendable, Hashable {
        /// The servers that are responsible for a name, from the root on.
        case root
        /// These servers, which answer for everybody.
        case forwarders([Forwarder])
        /// The servers of `/etc/resolv.conf`.
        case system
    }

    /// A server that answers for everybody.
    public struct Forwarder: Sendable, Hashable, CustomStringConvertible {
        /// Its address.
        public var address: IPAddress
        /// Its port.
        public var port: UInt16

        /// A server.
        public init(_ address: IPAddress, port: UInt16 = 53) {
            self.address = address
            self.port = port
        }

        /// As unbound writes it, for example `192.0.2.1@53`.
        public var description: String { "\(address)@\(port)" }
    }

    /// Who is asked.
    public var upstream = Upstream.system
    /// How long a question may take.
    public var deadline = Duration.seconds(5)
    /// A file with the keys that are trusted, for DNSSEC; `nil` for no validation. Debian's `dns-root-data` has `/usr/share/dns/root.key`.
    public var trustAnchorFile: String?
    /// Keys that are trusted, as a master file has them, for example `example.org. DS 31589 8 2 CDE0…`.
    public var trustAnchors: [String] = []
    /// Records that are answered from here, as a master file has them, for example `mail.example.org. 60 IN A 192.0.2.1`.
    public var localData: [String] = []
    /// Zones for which nobody else is asked.
    public var localZones: [DNSName] = []
    /// Further options of `unbound.conf(5)`, for example `["msg-cache-size": "64m", "rrset-cache-size": "128m"]`.
    public var options: [String: String] = [:]

    /// The system's servers, 5 seconds, no DNSSEC.
    public init() {}
}

/// Why an ``UnboundResolver`` cannot be made.
public struct UnboundError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was wrong with what.
    public let description: String
}
#endif
