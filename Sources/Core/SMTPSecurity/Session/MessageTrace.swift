/// What checks write at the top of a message, for the servers and readers behind.
public struct MessageTrace: Sendable, Hashable {
    /// What was found out of the message's origin. All checks' results become one `Authentication-Results` field.
    public var authenticationResults: [AuthenticationResult]
    /// Further fields, in order.
    public var fields: [TraceField]

    /// These results and fields.
    public init(authenticationResults: [AuthenticationResult] = [], fields: [TraceField] = []) {
        self.authenticationResults = authenticationResults
        self.fields = fields
    }

    /// Nothing to write.
    public static let none = MessageTrace()

    /// Adds another check's.
    public mutating func append(_ other: MessageTrace) {
        authenticationResults += other.authenticationResults
        fields += other.fields
    }

    /// The fields as octets, with line ends.
    ///
    /// - Parameters:
    ///   - service: who has found it out.
    ///   - allowsUTF8: whether the message may have UTF-8 in its header (RFC 6532).
    func serialized(by service: String, allowsUTF8: Bool) -> [UInt8] {
        var octets: [UInt8] = []
        if !authenticationResults.isEmpty {
            var words = [service + ";"]
            for (index, result) in authenticationResults.enumerated() {
                words += result.words
                if index < authenticationResults.count - 1 { words[words.count - 1] += ";" }
            }
            TraceField("Authentication-Results", words).serialize(into: &octets, allowsUTF8: allowsUTF8)
        }
        for field in fields { field.serialize(into: &octets, allowsUTF8: allowsUTF8) }
        return octets
    }
}

/// One result in an `Authentication-Results` field (RFC 8601 §2.2).
public struct AuthenticationResult: Sendable, Hashable {
    /// What a result was found out of, for example `smtp.mailfrom`.
    public struct Property: Sendable, Hashable {
        /// The kind of thing: `smtp`, `header`, `body` or `policy`.
        public var type: String
        /// Which one.
        public var name: String
        /// Its value, in any octets; it is quoted where it has to be.
        public var value: String

        /// A property.
        public init(_ type: String, _ name: String, _ value: String) {
            self.type = type
            self.name = name
            self.value = value
        }
    }

    /// The method, for example `spf`.
    public var method: String
    /// The result, for example `pass`.
    public var result: String
    /// Why, in a few words; `nil` if that is plain.
    public var reason: String?
    /// What was looked at.
    public var properties: [Property]

    /// A result.
    public init(_ method: String, _ result: String, reason: String? = nil, properties: [Property] = []) {
        self.method = method
        self.result = result
        self.reason = reason
        self.properties = properties
    }

    fileprivate var words: [String] {
        var words = ["\(method)=\(result)"]
        if let reason { words.append("reason=" + TraceField.quoted(reason)) }
        // An address is written without quotes (RFC 8601 §2.2, pvalue).
        words += properties.map { "\($0.type).\($0.name)=" + TraceField.quotedIfNeeded($0.value, besides: "@") }
        return words
    }
}
