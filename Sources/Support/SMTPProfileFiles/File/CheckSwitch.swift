/// Whether a check is in use.
enum CheckSwitch: Sendable, Hashable {
    case on
    case off
    /// In use if the program has what the check needs.
    case ifAvailable

    static let key = "enabled"
    static let summary =
        "Whether the check is in use: true, false, or if-available, which is true if the program has the scanner or the resolver that it needs."

    /// A flag or a word.
    static var form: ValueForm<CheckSwitch> {
        let allowed = "true, false or if-available"
        let schema = ProfileValue.map(["enum": .list([.boolean(true), .boolean(false), .text("if-available")])])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            switch node.content {
            case .scalar("true", .boolean): return .on
            case .scalar("false", .boolean): return .off
            case .scalar("if-available", .text): return .ifAvailable
            default:
                reader.refuse(node, allowed: allowed, suggestion: node.meantFlag)
                return nil
            }
        } show: { value in
            switch value {
            case .on: .boolean(true)
            case .off: .boolean(false)
            case .ifAvailable: .text("if-available")
            }
        }
    }
}
