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
    /// Names that exist because something below them does, or because there are records that nobody asks for.
    private var ancestors: Set<DNSName> = []
    private var hasWildcards = false

    /// A resolver for which no name exists.
    public init() {}

    /// A resolver that knows what a master file says (RFC 1035 §5).
    ///
    /// Records of types that mail does not need are passed over: only their names exist. `$INCLUDE` is refused.
    ///
    /// - Parameters:
    ///   - text: the file.
    ///   - origin: what names without a dot at their end are below of, until `$ORIGIN` says something else; `nil` for the root.
    /// - Throws: what is wrong with which line.
    public init(masterFile text: String, origin: DNSName? = nil) throws(MasterFileError) {
        for (owner, record) in try MasterFile(text, origin: origin).records {
            if let record { add(owner, record) } else { touch(owner, itself: true) }
        }
    }

    /// Adds a record. One at a name whose first label is `*` answers for the names there that do not exist (RFC 4592).
    public mutating func add(_ name: DNSName, _ record: DNSRecord) {
        records[name, default: []].append(record)
        if name.wire.starts(with: [1, UInt8(ascii: "*")]) { hasWildcards = true }
        touch(name)
    }

    /// Makes a question fail.
    public mutating func fail(_ question: DNSQuestion, _ failure: DNSFailure) {
        failures[question] = failure
        touch(question.name)
    }

    private mutating func touch(_ name: DNSName, itself: Bool = false) {
        var name = itself ? name : name.parent
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
            let here = records[name] ?? wildcard(for: name)
            let found = here.filter { $0.type == question.type }
            if !found.isEmpty { return DNSAnswer(.records(found), canonicalName: name) }
            guard
                let alias = here.lazy.compactMap({ if case .cname(let name) = $0 { name } else { nil as DNSName? } })
                    .first,
                question.type != .cname
            else {
                return DNSAnswer(!here.isEmpty || exists(name) ? .noData : .nonexistent, canonicalName: name)
            }
            name = alias
        }
        throw .malformed
    }

    private func exists(_ name: DNSName) -> Bool {
        records[name] != nil || ancestors.contains(name) || failures.keys.contains { $0.name == name }
    }

    /// The records of the wildcard next to a name that does not exist: below the nearest name above it that does (RFC 4592 §3.3.1).
    private func wildcard(for name: DNSName) -> [DNSRecord] {
        guard hasWildcards, !exists(name) else { return [] }
        var above = name.parent
        while let current = above, !exists(current) { above = current.parent }
        guard let above, let wildcard = try? DNSName(labels: [[UInt8(ascii: "*")]] + above.labels.map { Array($0) })
        else {
            return []
        }
        return records[wildcard] ?? []
    }
}
