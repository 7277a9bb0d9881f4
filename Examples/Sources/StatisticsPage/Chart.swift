import Foundation
import SMTPReporting
import SMTPSecurity

/// Violations over time, as a drawing without any script.
struct Chart {
    private static let (width, height, left, bottom) = (960.0, 228.0, 60.0, 36.0)

    private struct Bar {
        var blocked = 0
        var others = 0
    }

    private let bars: [Bar]
    private let start: Timestamp
    private let bucket: Int

    init(_ points: [TimelinePoint], _ query: PageQuery) {
        bucket = query.range.bucket
        let length = Int64(bucket) * 1_000_000_000
        let first = query.from.nanoseconds / length
        let count = Int(max(1, query.until.nanoseconds / length - first + 1))
        var bars = [Bar](repeating: Bar(), count: min(count, 1_000))
        for point in points {
            let index = Int(point.start.nanoseconds / length - first)
            guard bars.indices.contains(index) else { continue }
            bars[index].blocked += point.blocked
            bars[index].others += max(0, point.occurrences - point.blocked)
        }
        self.bars = bars
        start = Timestamp(nanoseconds: first * length)
    }

    /// The drawing. There is nothing in it but numbers and times.
    var svg: String {
        let most = Self.rounded(bars.map { $0.blocked + $0.others }.max() ?? 0)
        let (inner, room) = (Self.width - Self.left, Self.height - Self.bottom - 8)
        func y(_ value: Int) -> Double { 8 + room * (1 - Double(value) / Double(most)) }
        var parts: [String] = []
        for step in 0...2 {
            let value = most * step / 2
            parts.append(
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width)\" y1=\"\(Self.number(y(value)))\" y2=\"\(Self.number(y(value)))\"/>"
                    + "<text class=\"axis\" x=\"\(Self.left - 6)\" y=\"\(Self.number(y(value) + 4))\" text-anchor=\"end\">\(value)</text>"
            )
        }
        let step = inner / Double(bars.count)
        for (index, bar) in bars.enumerated() where bar.blocked + bar.others > 0 {
            let x = Self.left + step * Double(index)
            let title = "\(time(index)): \(bar.blocked) refused, \(bar.others) reported only"
            let top = y(bar.blocked + bar.others)
            parts.append(
                "<g><title>\(title)</title>" + Self.rectangle("alarm", x, top, step, y(bar.blocked) - top)
                    + Self.rectangle("block", x, y(bar.blocked), step, y(0) - y(bar.blocked)) + "</g>")
        }
        for part in 0..<6 {
            let index = bars.count * part / 6
            let x = Self.left + step * Double(index)
            // Where there is little room, every second time is enough.
            let name = part.isMultiple(of: 2) ? "axis" : "axis minor"
            parts.append(
                "<text class=\"\(name)\" x=\"\(Self.number(x))\" y=\"\(Self.height - 6)\">\(time(index))</text>")
        }
        return "<svg viewBox=\"0 0 \(Self.width) \(Self.height)\" role=\"img\" aria-label=\"Violations over time\">"
            + parts.joined() + "</svg>"
    }

    private func time(_ index: Int) -> String {
        let text = start.advanced(by: .seconds(index * bucket)).iso8601
        // 2026-11-29T09:05:00.000Z: the day and the time, or the time.
        let (day, clock) = (text.dropFirst(5).prefix(5), text.dropFirst(11).prefix(5))
        return bucket >= 3_600 ? "\(day) \(clock)" : String(clock)
    }

    private static func rectangle(_ name: String, _ x: Double, _ y: Double, _ width: Double, _ height: Double) -> String
    {
        guard height > 0 else { return "" }
        return
            "<rect class=\"\(name)\" x=\"\(number(x + width * 0.1))\" y=\"\(number(y))\" width=\"\(number(width * 0.8))\" "
            + "height=\"\(number(height))\" rx=\"1\"/>"
    }

    /// A bar for a row of a table: how many, of the most that any row has, and how many of them were refused.
    static func bar(_ occurrences: Int, blocked: Int, most: Int) -> String {
        let scale = 200 / Double(max(1, most))
        let (red, all) = (Double(blocked) * scale, Double(max(occurrences, blocked)) * scale)
        return "<svg viewBox=\"0 0 200 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
            + "<rect class=\"rest\" width=\"200\" height=\"10\"/>"
            + "<rect class=\"alarm\" width=\"\(number(all))\" height=\"10\"/>"
            + "<rect class=\"block\" width=\"\(number(red))\" height=\"10\"/></svg>"
    }

    private static func number(_ value: Double) -> String { String(format: "%.1f", value) }

    /// The next number that people like to read, at least 2.
    private static func rounded(_ value: Int) -> Int {
        var scale = 1
        while true {
            for factor in [2, 4, 10] where factor * scale >= value { return factor * scale }
            scale *= 10
        }
    }
}

extension Timestamp {
    /// For people: UTC, to the second.
    var shown: String { iso8601.prefix(10) + " " + iso8601.dropFirst(11).prefix(8) }
}
