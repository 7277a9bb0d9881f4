import SMTPSecurity

/// What is wrong with a profile file, and where.
public struct ProfileProblem: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file, as it was named.
    public var file: String
    /// The line, from 1.
    public var line: Int
    /// The column, from 1.
    public var column: Int
    /// The keys that lead there, with dots between: `profiles.inbound.checks.antivirus.deadline`; empty for the file as a whole.
    public var key: String
    /// What was found, escaped; `nil` where something is missing.
    public var found: String?
    /// What is wrong, and what is allowed instead.
    public var reason: String
    /// What may have been meant.
    public var suggestion: String?

    /// For example `inbound.yml:12:7: profiles.inbound.enforce: there is no such key; did you mean "enforcement"?`.
    public var description: String {
        var text = "\(file):\(line):\(column): "
        if !key.isEmpty { text += "\(key): " }
        if let found { text += "found \(found), " }
        text += reason
        if let suggestion { text += "; did you mean \"\(suggestion)\"?" }
        return text
    }
}

/// Everything that is wrong with a profile file.
public struct ProfileFileError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The most problems that are told.
    public static let mostProblems = 50

    /// The problems in the order of their lines, at least one and at most ``mostProblems``.
    public let problems: [ProfileProblem]

    init(_ problems: [ProfileProblem]) {
        let sorted = problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
        self.problems = Array(sorted.prefix(Self.mostProblems))
    }

    /// One problem a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
