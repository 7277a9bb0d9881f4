public import ArgumentParser

/// Who answers the checks' questions about names.
public enum ResolverLocation: ExpressibleByArgument, CustomStringConvertible, Sendable {
    /// The name servers of this machine.
    case system
    /// Nobody: names are resolved from the root on.
    case root
    /// One name server.
    case server(HostPort)

    /// Reads `system`, `root` or `host:port`; `nil` for anything else.
    public init?(argument: String) {
        switch argument {
        case "system": self = .system
        case "root": self = .root
        default:
            guard let server = HostPort(argument: argument) else { return nil }
            self = .server(server)
        }
    }

    /// As it is written.
    public var description: String {
        switch self {
        case .system: "system"
        case .root: "root"
        case .server(let server): "\(server)"
        }
    }
}
