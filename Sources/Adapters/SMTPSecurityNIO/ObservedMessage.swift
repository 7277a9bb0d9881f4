/// What a ``SessionObserver`` gets to know of a message in which a check found something.
public struct ObservedMessage: Sendable, Hashable {
    /// What ``ProxyConfiguration/messageDigest`` made of it; `nil` for nothing.
    public var digest: String?
    /// Its first octets, as many as `SessionSettings.keptMessageOctets` of the profile asks for.
    public var beginning: [UInt8]

    /// What is known of a message.
    public init(digest: String? = nil, beginning: [UInt8] = []) {
        self.digest = digest
        self.beginning = beginning
    }
}
