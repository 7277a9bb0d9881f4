/// A resolver that knows what it was told, and nothing else: for tests and demonstrations.
///
/// ```swift
/// var zone = ZoneResolver()
/// zone.add(try DNSName("example.org"), .mx(preference: 10, exchange: try DNSName("mail.example.org")))
/// ```
public struct ZoneResolver: DNSResolver {
    /// How many CNAME records are followed for one question.
    public static let mostAliases = 8

    private var records: [DNSName: [DNSRecord]] = [:]
    private var failures: [DNSQuestion: DNSFailure] = [:]
    /// Names that exist because something below them does.
    private var ancestors: Set<DNSName> = []

    /// A resolver for which no name exists.
    public init() {}

    /// Adds a record.
    public mutating func add(_ name: DNSName, _ record: DNSRecord) {
        records[name, default: []].append(record)
        touch(name)
    }

    /// Makes a question fail.
    public mutating func fail(_ question: DNSQuestion, _ failure: DNSFailure) {
        failures[question] = failure
        touch(question.name)
    }

    private mutating func touch(_ name: DNSName) {
        var name = name.parent
        while let current = name, ancestors.insert(current).inserted { name = current.parent }
    }

    /// Answers at once.
    public func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer { try lookUp(question) }

    /// Answers without a task.
    ///
    /// - Throws: why there is no answer.
    public func lookUp(_ question: DNSQuestion) throws(DNSFailure) -> DNSAnswer {
        var name = question.name
        for _ in 0...Self.mostAliases {
            if let failure = failures[DNSQuestion(name, question.type)] { throw failure }
            let here = records[name] ?? []
            let found = here.filter { $0.type == question.type }
            if !found.isEmpty { return DNSAnswer(.records(found), canonicalName: name) }
            guard
                let alias = here.lazy.compactMap({ if case .cname(let name) = $0 { name } else { nil as DNSName? } })
                    .first,
                question.type != .cname
            else {
                let exists = !here.isEmpty || ancestors.contains(name) || failures.keys.contains { $0.name == name }
                return DNSAnswer(exists ? .noData : .nonexistent, canonicalName: name)
            }
            name = alias
        }
        throw .malformed
    }
}
