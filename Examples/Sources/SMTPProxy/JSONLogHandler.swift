import Foundation
import Logging

/// Writes log records to standard error, one JSON object per line.
struct JSONLogHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var record: [String: String] = [:]
        let sources = [metadata, metadataProvider?.get() ?? [:], event.metadata ?? [:]]
        for (key, value) in sources.joined() { record[key] = "\(value)" }
        record["time"] = Date.now.formatted(
            .iso8601.dateTimeSeparator(.standard).time(includingFractionalSeconds: true))
        record["level"] = event.level.rawValue
        record["label"] = label
        record["message"] = "\(event.message)"
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(record) else { return }
        line.append(UInt8(ascii: "\n"))
        FileHandle.standardError.write(line)
    }
}
