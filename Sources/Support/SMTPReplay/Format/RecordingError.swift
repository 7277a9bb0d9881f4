import SMTPSecurity

/// What is wrong with a recording, where, and what would be right.
public struct RecordingError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// Octets before the place; `nil` where it is about the whole file.
    public let offset: UInt64?
    /// One line for people.
    public let reason: String

    /// `file: at octet 32: …`.
    public var description: String {
        offset.map { "\(file): at octet \($0): \(reason)" } ?? "\(file): \(reason)"
    }

    init(file: String, offset: UInt64, found: String, wanted: String) {
        self.file = file
        self.offset = offset
        reason = "found \(found), \(wanted) belongs there"
    }

    init(file: String, _ reason: String) {
        self.file = file
        offset = nil
        self.reason = reason
    }

    /// Octets for people.
    static func shown(_ octets: ArraySlice<UInt8>) -> String { "\"\(Evidence(Array(octets).span))\"" }
}
