#if Redis

/// Who a store is towards its Redis server. The password appears in no description, mirror or error.
public struct RedisCredentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The user (Redis 6 and later); `nil` for the default one.
    public var user: String?
    /// The password.
    public var password: String

    /// A user and a password, or a password alone.
    public init(user: String? = nil, password: String) {
        self.user = user
        self.password = password
    }

    /// The user; not the password.
    public var description: String { "\(user ?? "default user") with a password" }
    /// The user; not the password.
    public var debugDescription: String { description }
    /// The user; not the password.
    public var customMirror: Mirror { Mirror(self, children: ["user": user as Any]) }
}

#endif
