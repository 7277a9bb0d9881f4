/// A clock by which no deadline passes, however busy the machine is.
public struct PatientClock: Clock {
    /// A moment.
    public typealias Instant = ImpatientClock.Instant

    /// A clock.
    public init() {}

    /// Always the same.
    public var now: Instant { Instant(offset: .zero) }
    /// As fine as can be.
    public var minimumResolution: Duration { .zero }

    /// Waits until the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        while true { try await Task.sleep(for: .seconds(3_600)) }
    }
}

/// A clock by which every deadline passes at once.
public struct ImpatientClock: Clock {
    /// A moment.
    public struct Instant: InstantProtocol {
        var offset: Duration
        /// A later moment.
        public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        /// The time in between.
        public func duration(to other: Instant) -> Duration { other.offset - offset }
        /// Whether a moment is earlier.
        public static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    /// A clock.
    public init() {}

    /// Always the same.
    public var now: Instant { Instant(offset: .zero) }
    /// As fine as can be.
    public var minimumResolution: Duration { .zero }

    /// Does not wait.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}
