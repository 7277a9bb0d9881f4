import SMTPSecurity

/// The sessions of several recordings, in the order in which they began.
public struct RecordingSet {
    private struct Run {
        var reader: RunReader
        var next: RecordedSession?
    }

    private var runs: [Run]

    /// What the recordings had, as far as they were read.
    public var figures: RecordingFigures {
        runs.reduce(into: RecordingFigures()) { $0.add($1.reader.figures) }
    }

    /// Opens recordings.
    ///
    /// - Parameter paths: files, and folders in which everything called `sessions-….smtprec` is meant.
    /// - Throws: which file cannot be read, or is no recording.
    public init(_ paths: [String]) throws(RecordingError) {
        var files: [UInt64: [(number: UInt32, path: String)]] = [:]
        for path in try Self.files(paths) {
            let header = try RecordingReader(path: path).header
            files[header.run, default: []].append((header.number, path))
        }
        runs = files.values.map { files in
            Run(reader: RunReader(files.sorted { ($0.number, $0.path) < ($1.number, $1.path) }.map(\.path)))
        }
        for index in runs.indices { runs[index].next = try runs[index].reader.next() }
    }

    private static func files(_ paths: [String]) throws(RecordingError) -> [String] {
        var files: Set<String> = []
        for path in paths {
            guard SystemFile.isFolder(path) else {
                files.insert(path)
                continue
            }
            guard let names = SystemFile.names(in: path) else {
                throw RecordingError(file: path, "cannot be read: \(SystemFile.lastError)")
            }
            let recordings = names.filter { RecordingFolder.isRecording($0) }
            guard !recordings.isEmpty else {
                throw RecordingError(file: path, "there is no recording, no file called sessions-….smtprec")
            }
            for name in recordings { files.insert("\(path)/\(name)") }
        }
        return files.sorted()
    }

    /// The next session; `nil` at the end.
    ///
    /// - Throws: what is damaged.
    public mutating func next() throws(RecordingError) -> RecordedSession? {
        let first = runs.indices.filter { runs[$0].next != nil }.min { earlier(runs[$0], runs[$1]) }
        guard let first else { return nil }
        let session = runs[first].next
        runs[first].next = try runs[first].reader.next()
        return session
    }

    private func earlier(_ first: Run, _ second: Run) -> Bool {
        guard let (one, other) = first.next.flatMap({ one in second.next.map { (one, $0) } }) else { return false }
        return one.connection.time < other.connection.time
    }
}
