/// What a service says of itself (RFC 3507 §4.10.2).
struct ICAPOptions: Sendable, Hashable {
    /// How many octets of a sample it wants first; `nil` for no preview.
    var preview: Int?
    /// Whether it can say that nothing is to be modified without sending all back (RFC 3507 §4.6).
    var allowsNoContent = false
    /// For how many seconds this holds; `nil` if it does not say so.
    var lifetime: Int?
    /// The most connections that it wants.
    var maximumConnections: Int?
    /// Its state (RFC 3507 §4.7).
    var serviceTag: String?

    /// The service wants a sample at once.
    init() {}

    /// Reads the answer to OPTIONS.
    init(_ fields: ICAPFields, serviceTag: String?, method: ICAPConfiguration.Method) throws(ICAPProblem) {
        guard fields.list("methods").contains(method.rawValue) else {
            throw ICAPProblem("the service does not offer \(method.rawValue)")
        }
        allowsNoContent = fields.list("allow").contains("204")
        lifetime = try Self.number("options-ttl", fields)
        maximumConnections = try Self.number("max-connections", fields)
        self.serviceTag = serviceTag
        // No kind of file is known here; what is to be ignored is sent all the same.
        if !fields.list("transfer-complete").contains("*") { preview = try Self.number("preview", fields) }
    }

    /// At most nine digits.
    private static func number(_ name: String, _ fields: ICAPFields) throws(ICAPProblem) -> Int? {
        guard let value = fields.values(name).first else { return nil }
        guard (1...9).contains(value.utf8.count), value.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw ICAPProblem("the service's \(name) is no number: \(String(printable: value.utf8))")
        }
        return Int(value)
    }
}
