import SMTPSecurity

extension ValueForm where Value == Enforcement {
    /// What a violation does: a word, or a map of the two flags.
    static var enforcement: ValueForm {
        let words: [(String, Enforcement)] = [("ignore", .ignore), ("alarm", .alarmOnly), ("block", .alarmAndBlock)]
        let allowed =
            "ignore, alarm (report only) or block (report and refuse), or a map with alarm and block, each true or false"
        let flags = ProfileValue.map([
            "type": .text("object"), "additionalProperties": .boolean(false),
            "required": .list([.text("alarm"), .text("block")]),
            "properties": .map(["alarm": ValueForm<Bool>.flag.schema, "block": ValueForm<Bool>.flag.schema]),
        ])
        let schema = ProfileValue.map([
            "anyOf": .list([.map(["enum": .list(words.map { .text($0.0) })]), flags])
        ])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            switch node.content {
            case .scalar(let text, .text):
                if let word = words.first(where: { $0.0 == text }) { return word.1 }
                reader.refuse(node, allowed: allowed, suggestion: NearestWord.to(text, in: words.map(\.0)))
                return nil
            case .map(let entries):
                let problems = reader.problemCount
                var value = Enforcement.ignore
                reader.read(
                    [Setting("alarm", \.alarm, .flag, ""), Setting("block", \.block, .flag, "")], from: node,
                    into: &value)
                for key in ["alarm", "block"] where !entries.contains(where: { $0.key == key }) {
                    reader.note(node.line, node.column, "\(key) is missing")
                }
                return reader.problemCount == problems ? value : nil
            default:
                reader.refuse(node, allowed: allowed)
                return nil
            }
        } show: { value in
            if let word = words.first(where: { $0.1 == value }) { return .text(word.0) }
            return .map(["alarm": .boolean(value.alarm), "block": .boolean(value.block)])
        }
    }
}
