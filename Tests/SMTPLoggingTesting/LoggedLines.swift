public import Logging
import Synchronization

/// What was logged.
public final class LoggedLines: Sendable {
    private let lines = Mutex<[String]>([])

    /// Nothing was logged so far.
    public init() {}

    /// All lines: level, message, and metadata by name.
    public var all: [String] { lines.withLock { $0 } }

    /// How many lines have a text in them.
    public func count(_ text: String) -> Int { all.count { $0.contains(text) } }

    /// A logger that writes here.
    public var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: LoggedLines
        var metadata = Logger.Metadata()
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let line = "\(event.level) \(event.message) \(metadata.joined(separator: " "))"
            lines.lines.withLock { $0.append(line) }
        }
    }
}
