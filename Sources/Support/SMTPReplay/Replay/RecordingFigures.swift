/// What recordings had, apart from their sessions.
public struct RecordingFigures: Sendable, Hashable {
    /// Files that were read.
    public var files = 0
    /// Files that ended within a frame, as after a crash.
    public var filesCutOff = 0
    /// Sessions whose rest is not recorded: they were cut, or the recording ends before they do.
    public var cut = 0
    /// Sessions that were left out, since their beginning is not recorded.
    public var skipped = 0

    /// Nothing.
    public init() {}

    mutating func add(_ other: RecordingFigures) {
        files += other.files
        filesCutOff += other.filesCutOff
        cut += other.cut
        skipped += other.skipped
    }
}
