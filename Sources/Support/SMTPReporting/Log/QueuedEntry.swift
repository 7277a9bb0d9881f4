/// An entry that waits to be written.
struct QueuedEntry: Sendable {
    let entry: ViolationEntry
    /// How many lines its session had before those of the transcript; `nil` where nobody knows.
    var earlierLines: Int?
}
