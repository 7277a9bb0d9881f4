public import NIOCore

/// How an ``ICAPScanner`` works.
public struct ICAPConfiguration: Sendable, Hashable {
    /// What the service is asked to look at.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// The sample is what an HTTP server answers (RFC 3507 §3.2): a download.
        case responseModification = "RESPMOD"
        /// The sample is what an HTTP client sends (RFC 3507 §3.1): an upload.
        case requestModification = "REQMOD"
    }

    /// What the service is asked to look at.
    public var method = Method.responseModification
    /// Whether the service gets the beginning of a sample first if it wants that, and says whether it needs the rest (RFC 3507 §4.5). Services may
    /// find samples clean by their beginning.
    public var usesPreview = true
    /// The most connections at a time; further samples wait, in order. The service may ask for less (`Max-Connections`, RFC 3507 §4.10.2).
    public var maximumConnections = 4
    /// How long to wait for a connection.
    public var connectTimeout = TimeAmount.seconds(2)
    /// How long a connection is kept that nobody needs.
    public var idleTime = TimeAmount.seconds(20)
    /// How long what the service can do is remembered. The service may ask for less (`Options-TTL`, RFC 3507 §4.10.2).
    public var optionsLifetime = TimeAmount.hours(1)

    /// RESPMOD with a preview, four connections.
    public init() {}
}
