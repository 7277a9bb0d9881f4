public import NIOCore

/// How a ``ClamdScanner`` works.
public struct ClamdConfiguration: Sendable, Hashable {
    /// Whether connections are used for more than one sample, by clamd's sessions (`IDSESSION`). Otherwise each sample has a connection of its own.
    public var reusesConnections = true
    /// The most connections at a time; further samples wait, in order. More than clamd's `MaxThreads` is of no use.
    public var maximumConnections = 4
    /// How long to wait for a connection.
    public var connectTimeout = TimeAmount.seconds(2)
    /// How long a connection is kept that nobody needs. It should be less than clamd's `IdleTimeout` and its `CommandReadTimeout`, which are 30 seconds
    /// unless its configuration says otherwise.
    public var idleTime = TimeAmount.seconds(20)

    /// Sessions, four connections.
    public init() {}
}
