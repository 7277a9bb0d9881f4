/// Says something at most once a minute, with how often it happened since.
package struct MessageThrottle: Sendable {
    private var count = 0
    private var last: Timestamp?

    /// Nothing has happened.
    package init() {}

    /// It happened so many times.
    package mutating func add(_ times: Int = 1) { count += times }

    /// How often it happened since it was said; `nil` if it is not to be said now.
    package mutating func take(at now: Timestamp) -> Int? {
        guard count > 0 else { return nil }
        // A clock that was set back must not keep us quiet.
        if let last, last <= now, last.duration(to: now) < .seconds(60) { return nil }
        last = now
        defer { count = 0 }
        return count
    }
}
