import ArgumentParser
import Foundation
import SMTPReporting
import SMTPSecurity

/// Which log, which time, and how to show it.
struct LogOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The transaction log.", valueName: "file"))
    var log: String

    @Flag(help: "JSON instead of tables.")
    var json = false

    /// Opens the log.
    func open() throws -> TransactionLogReader {
        do throws(ReportingError) {
            return try TransactionLogReader(path: log)
        } catch {
            throw ValidationError("--log \(error)")
        }
    }

    /// Prints a value as JSON.
    func printJSON(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }
}

/// A time.
struct TimeOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "From this moment on: 2026-07-01T12:00:00Z, or 30m, 24h or 7d ago. Default: everything.", valueName: "time")
    )
    var from: Moment?

    @Option(help: ArgumentHelp("Before this moment. Default: now.", valueName: "time"))
    var until: Moment?

    var first: Timestamp { from?.time ?? Timestamp(seconds: 0) }
    /// Counts are kept by minutes, so the minute that has begun is asked for as a whole.
    var end: Timestamp { until?.time ?? Moment.now.advanced(by: .seconds(60)) }
}

/// A moment that somebody typed.
struct Moment: ExpressibleByArgument, Sendable {
    let time: Timestamp

    init?(argument: String) {
        if let date = try? Date.ISO8601FormatStyle().parse(argument) {
            time = Timestamp(seconds: Int64(date.timeIntervalSince1970))
            return
        }
        let units: [Character: Int64] = ["m": 60, "h": 3_600, "d": 86_400]
        guard let last = argument.last, let unit = units[last], let count = Int64(argument.dropLast()), count >= 0,
            count < 1_000_000
        else { return nil }
        time = Self.now.advanced(by: .seconds(-count * unit))
    }

    static var now: Timestamp { Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1_000_000_000)) }
}
