import Foundation
import Hummingbird
import SMTPReporting
import SMTPSecurity

/// What a request asks for: a time, a profile, and which violations.
struct PageQuery {
    /// What is wrong with a request.
    struct Invalid: Error {
        let reason: String
    }

    /// A stretch of time up to now.
    struct Range: Sendable {
        let name: String
        let title: String
        let seconds: Int64
        /// How long a bar of the chart is, in seconds.
        let bucket: Int

        static let all = [
            Range(name: "1h", title: "1 hour", seconds: 3_600, bucket: 60),
            Range(name: "24h", title: "24 hours", seconds: 86_400, bucket: 1_800),
            Range(name: "7d", title: "7 days", seconds: 7 * 86_400, bucket: 3 * 3_600),
            Range(name: "30d", title: "30 days", seconds: 30 * 86_400, bucket: 12 * 3_600),
        ]
    }

    let range: Range
    let profile: String?
    let from: Timestamp
    let until: Timestamp
    let violations: ViolationQuery
    /// The parameters that choose violations, as they were given.
    let given: [(name: String, value: String)]

    init(_ request: Request, at now: Timestamp) throws(Invalid) {
        var given: [(name: String, value: String)] = []
        for name in ["range", "profile", "violation", "client", "sender", "recipient", "action", "before"] {
            guard let value = request.parameter(name), !value.isEmpty else { continue }
            guard value.utf8.count <= 512 else { throw Invalid(reason: "\(name) is too long") }
            given.append((name, value))
        }
        func parameter(_ name: String) -> String? { given.first { $0.name == name }?.value }
        let rangeName = parameter("range") ?? "24h"
        guard let range = Range.all.first(where: { $0.name == rangeName }) else {
            throw Invalid(reason: "range is one of \(Range.all.map(\.name).joined(separator: ", "))")
        }
        self.range = range
        self.given = given
        profile = parameter("profile")
        // Sums are kept by minutes: the one that has begun counts as a whole.
        until = now.advanced(by: .seconds(60))
        from = now.advanced(by: .seconds(-range.seconds))
        var query = ViolationQuery()
        query.profile = profile
        query.from = from
        query.violation = parameter("violation")
        query.sender = parameter("sender").map(ViolationQuery.escaped)
        query.recipient = parameter("recipient").map(ViolationQuery.escaped)
        if let text = parameter("client") {
            guard let network = try? IPNetwork(text) else {
                throw Invalid(reason: "client is an address or a network, such as 192.0.2.0/24")
            }
            query.client = network
        }
        if let text = parameter("action") {
            guard let action = ViolationRecord.Action(rawValue: text) else {
                throw Invalid(reason: "action is passed, repaired, refused or closed")
            }
            query.action = action
        }
        if let text = parameter("before") {
            guard let before = SupportID(text) else { throw Invalid(reason: "before is a Support ID: 19 digits") }
            query.before = before
        }
        violations = query
    }

    /// A query string with some parameters changed.
    func link(_ path: String, _ changes: [String: String?] = [:], keeping kept: Set<String> = ["range", "profile"])
        -> String
    {
        var items = given.filter { kept.contains($0.name) && changes[$0.name] == nil }
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) {
            if let value { items.append((name, value)) }
        }
        guard !items.isEmpty else { return path }
        let text = items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        return "\(path)?\(text)"
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.reduce(into: "") { result, octet in
            let isPlain =
                (0x61...0x7A).contains(octet | 0x20) || (0x30...0x39).contains(octet) || octet == 0x2D || octet == 0x2E
                || octet == 0x5F
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(octet))
            } else {
                let digits = String(octet, radix: 16, uppercase: true)
                result += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
    }
}

extension Request {
    /// A value of the query string, as a form writes it: a plus sign is a space.
    func parameter(_ name: String) -> String? {
        for item in (uri.query ?? "").split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0] == name else { continue }
            return parts[1].replacing("+", with: " ").removingPercentEncoding
        }
        return nil
    }
}
