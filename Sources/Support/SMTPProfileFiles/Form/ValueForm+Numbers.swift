import SMTPSecurity

extension ValueForm where Value == Bool {
    /// `true` or `false`.
    public static var flag: ValueForm {
        ValueForm(allowed: "true or false", schema: .map(["type": .text("boolean")])) { node, reader in
            switch node.content {
            case .scalar("true", .boolean): return true
            case .scalar("false", .boolean): return false
            default:
                reader.refuse(node, allowed: "true or false", suggestion: node.meantFlag)
                return nil
            }
        } show: {
            .boolean($0)
        }
    }
}

extension ValueForm where Value: FixedWidthInteger {
    /// A whole number.
    public static func number(_ range: ClosedRange<Value>) -> ValueForm {
        let allowed = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        return ValueForm(allowed: allowed, schema: numberSchema(range)) { node, reader in
            if let value = integer(node), range.contains(value) { return value }
            reader.refuse(node, allowed: allowed)
            return nil
        } show: {
            .integer(Int64(clamping: $0))
        }
    }

    /// A number of octets: a whole number, or one with K, M or G behind it for KiB, MiB or GiB.
    public static func octets(_ range: ClosedRange<Value>) -> ValueForm {
        let allowed = "a number of octets from \(range.lowerBound) to \(range.upperBound), such as 1000, 64K, 50M or 1G"
        let text = ProfileValue.map(["type": .text("string"), "pattern": .text("^[0-9]{1,12}[KMG]$")])
        let schema = ProfileValue.map(["anyOf": .list([numberSchema(range), text])])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            if let value = integer(node) ?? scaled(node), range.contains(value) { return value }
            reader.refuse(node, allowed: allowed)
            return nil
        } show: { value in
            for (letter, shift) in units.reversed() where value != 0 && value % (1 << shift) == 0 {
                return .text("\(value >> shift)\(letter)")
            }
            return .integer(Int64(clamping: value))
        }
    }

    private static var units: [(letter: Character, shift: Value)] { [("K", 10), ("M", 20), ("G", 30)] }

    private static func numberSchema(_ range: ClosedRange<Value>) -> ProfileValue {
        .map([
            "type": .text("integer"), "minimum": .integer(Int64(clamping: range.lowerBound)),
            "maximum": .integer(Int64(clamping: range.upperBound)),
        ])
    }

    private static func integer(_ node: ProfileNode) -> Value? {
        guard case .scalar(let text, .integer) = node.content else { return nil }
        return Value(text)
    }

    private static func scaled(_ node: ProfileNode) -> Value? {
        guard case .scalar(let text, .text) = node.content, text.utf8.count <= 13, let last = text.last,
            let unit = units.first(where: { $0.letter == last }),
            text.dropLast().utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Value(text.dropLast())
        else { return nil }
        let (value, overflow) = count.multipliedReportingOverflow(by: 1 << unit.shift)
        return overflow ? nil : value
    }
}

extension ValueForm where Value == Duration {
    /// A time: a whole number with ms, s, m, h or d behind it.
    public static func duration(atLeast least: Duration = .zero, atMost most: Duration) -> ValueForm {
        let allowed = "a time from \(text(least)) to \(text(most)), such as 500ms, 30s, 5m, 2h or 1d"
        let schema = ProfileValue.map(["type": .text("string"), "pattern": .text("^[0-9]{1,12}(ms|s|m|h|d)$")])
        return ValueForm(allowed: allowed, schema: schema) { node, reader in
            if case .scalar(let text, .text) = node.content, let value = parse(text), least <= value, value <= most {
                return value
            }
            var hint: String?
            if case .scalar(let text, .integer) = node.content, parse(text + "s") != nil { hint = text + "s" }
            reader.refuse(node, allowed: allowed, suggestion: hint)
            return nil
        } show: {
            .text(text($0))
        }
    }

    private static var units: [(name: String, milliseconds: Int64)] {
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)]
    }

    private static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...12).contains(digits.utf8.count), let count = Int64(digits),
            let unit = units.first(where: { $0.name == text.dropFirst(digits.count) })
        else { return nil }
        return .milliseconds(count * unit.milliseconds)
    }

    private static func text(_ duration: Duration) -> String {
        let milliseconds = duration.wholeNanoseconds / 1_000_000
        guard milliseconds != 0 else { return "0s" }
        for unit in units.reversed() where milliseconds % unit.milliseconds == 0 {
            return "\(milliseconds / unit.milliseconds)\(unit.name)"
        }
        return "\(milliseconds)ms"
    }
}

extension ValueForm where Value == Int64 {
    /// Whole seconds, written as a time.
    static func seconds(_ range: ClosedRange<Int64>) -> ValueForm {
        let form = ValueForm<Duration>.duration(atLeast: .seconds(range.lowerBound), atMost: .seconds(range.upperBound))
        return ValueForm(allowed: form.allowed, schema: form.schema) { node, reader in
            form.read(node, &reader)?.components.seconds
        } show: {
            form.show(.seconds($0))
        }
    }
}

extension ValueForm where Value == Duration {
    /// How long a check may take.
    static var checkTime: ValueForm { .duration(atLeast: .milliseconds(1), atMost: .seconds(600)) }
}
