#if Redis

/// How a store talks TLS to its Redis server: TLS 1.2 or later, with the server's certificate and name verified.
public struct RedisTLS: Sendable, Hashable {
    /// A PEM file of the authorities that may have issued the server's certificate; `nil` for the system's.
    public var authorityFile: String?
    /// The name or address that the server's certificate has to have; `nil` for the host of the address.
    public var serverName: String?
    /// A PEM file of the client's certificate and its chain; `nil` for none.
    public var certificateFile: String?
    /// A PEM file of the client's private key; `nil` for one in ``certificateFile``.
    public var keyFile: String?

    /// These settings.
    public init(
        authorityFile: String? = nil, serverName: String? = nil, certificateFile: String? = nil, keyFile: String? = nil
    ) {
        self.authorityFile = authorityFile
        self.serverName = serverName
        self.certificateFile = certificateFile
        self.keyFile = keyFile
    }
}

#endif
