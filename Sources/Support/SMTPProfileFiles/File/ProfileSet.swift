import Foundation
public import SMTPSecurity

/// The profiles of a file, and which of them is for whom.
///
/// ```yaml
/// use: inbound
/// select:
///   - listeners: [587]
///     profile: submission
/// profiles:
///   inbound:
///     enforcement: block
///     checks:
///       greylist: {enabled: true, delay: 5m}
///     violations:
///       spf.softfail: block
///   submission:
///     inherits: inbound
///     checks: {greylist: false, spf: false}
/// ```
///
/// ```swift
/// let profiles = try ProfileSet(contentsOf: "profiles.yml", ProfileResources(store: MemoryStore()))
/// let profile = profiles.profile(for: connection)
/// ```
///
/// A profile has everything that its parent has, and changes what it says. The parent of those that name none is the one with every default, as which
/// `default` is known, too. JSON works as well as YAML.
public struct ProfileSet: Sendable {
    /// The profiles of the file by name, and `default`.
    public let profiles: [String: SecurityProfile]
    /// The rules in order; the first one that holds for a connection counts.
    public let rules: [ProfileRule]
    /// The name of the profile for connections for which no rule holds.
    public let usual: String
    /// Everything that is in force, as a file that names no parents: defaults included.
    public let effective: ProfileValue
    /// ``effective`` as YAML, each key below a comment that says what it is.
    public var commented: String { CommentedProfile.yaml(effective, schema: ProfileSchema.schema(resources)) }
    /// What was understood, but has no effect here: settings of checks that cannot be used.
    public let remarks: [String]
    private let resources: ProfileResources

    /// The profile with every default for everybody.
    public init(_ resources: ProfileResources) {
        var reading = ProfileSetReading(ProfileReader(file: "", folder: ""), resources)
        reading.read(ProfileNode(content: .map([]), line: 1, column: 1))
        self.init(reading, resources)
    }

    private init(_ reading: ProfileSetReading, _ resources: ProfileResources) {
        rules = reading.rules
        usual = reading.usual
        profiles = reading.drafts.mapValues { $0.profile(resources) }
        effective = reading.shown
        remarks = reading.remarks
        self.resources = resources
    }

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: the file. Files that it names are looked for in its folder.
    ///   - resources: what the program has for checks.
    /// - Throws: everything that is wrong with the file.
    public init(contentsOf path: String, _ resources: ProfileResources) throws(ProfileFileError) {
        try self.init(parsing: try Self.text(of: path), file: path, folder: Self.folder(of: path), resources)
    }

    /// Reads a text.
    ///
    /// - Parameters:
    ///   - text: YAML or JSON.
    ///   - file: what problems call it.
    ///   - folder: where files that it names are looked for.
    ///   - resources: what the program has for checks.
    /// - Throws: everything that is wrong with the text.
    public init(
        parsing text: String, file: String = "profile", folder: String = ".", _ resources: ProfileResources
    ) throws(ProfileFileError) {
        let tree = try ProfileSource.tree(of: text, file: file)
        var reading = ProfileSetReading(ProfileReader(file: file, folder: folder), resources)
        reading.read(tree)
        guard reading.reader.problems.isEmpty else { throw ProfileFileError(reading.reader.problems) }
        self.init(reading, resources)
    }

    /// The profile for a connection.
    public func profile(for connection: ConnectionInfo) -> SecurityProfile {
        // Every name was looked up when the file was read.
        profiles[profileName(for: connection)] ?? .default
    }

    /// The name of the profile for a connection.
    public func profileName(for connection: ConnectionInfo) -> String {
        rules.first { $0.matches(connection) }?.profile ?? usual
    }

    private static func text(of path: String) throws(ProfileFileError) -> String {
        func problem(_ reason: String) -> ProfileFileError {
            ProfileFileError([ProfileProblem(file: path, line: 1, column: 1, key: "", reason: reason)])
        }
        let data: Data
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            // One more than there may be, whatever kind of file it is.
            data = try handle.read(upToCount: ProfileSource.maximumOctets + 1) ?? Data()
        } catch {
            throw problem("it cannot be read: \(Evidence(error.localizedDescription))")
        }
        guard let text = String(validating: data, as: UTF8.self) else { throw problem("it is no text in UTF-8") }
        return text
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
