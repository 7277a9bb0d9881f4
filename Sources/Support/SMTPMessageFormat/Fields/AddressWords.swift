/// Words and dots in a row, of which it is not known yet whether they are a name or a local part (RFC 5322 §3.2.5, §3.4.1).
struct AddressWords {
    private enum Element { case word, dot }

    /// All of it, with a space where there was white space.
    private(set) var phrase: [UInt8] = []
    /// The words at the end that dots join, without white space.
    private(set) var localPart: [UInt8] = []
    /// Whether it is no local part.
    private(set) var isWrongLocalPart = false
    /// Whether it is only an `obs-local-part` (RFC 5322 §4.4).
    private(set) var isObsoleteLocalPart = false
    /// Whether it has a dot, as only an `obs-phrase` may (RFC 5322 §4.1).
    private(set) var hasDot = false
    /// Whether it begins with a dot, as no phrase may.
    private(set) var beginsWithDot = false
    /// Whether there is white space at its end.
    private(set) var endsWithSpace = false
    private var last: Element?
    private var runStart = 0
    private var isRunQuoted = false

    var isEmpty: Bool { last == nil }
    var endsWithDot: Bool { last == .dot }

    /// What stands before the local part, where something does that should not.
    var textBeforeLocalPart: [UInt8] { Array(phrase.prefix(max(0, runStart - 1))) }

    mutating func addSpace() { endsWithSpace = last != nil }

    mutating func add(word: [UInt8], isQuoted: Bool = false) {
        let hasSpace = endsWithSpace
        takeSpace()
        if last == .word {
            isWrongLocalPart = true
            if hasSpace {
                localPart = []
                runStart = phrase.count
                isRunQuoted = false
            }
        }
        if isQuoted { isRunQuoted = true }
        // Words with dots between them are atoms in a dot-atom.
        if last == .dot, hasSpace || isRunQuoted { isObsoleteLocalPart = true }
        phrase += word
        localPart += word
        last = .word
    }

    mutating func addDot() {
        if endsWithSpace { isObsoleteLocalPart = true }
        takeSpace()
        if last != .word { isWrongLocalPart = true }
        if last == nil { beginsWithDot = true }
        hasDot = true
        phrase.append(UInt8(ascii: "."))
        localPart.append(UInt8(ascii: "."))
        last = .dot
    }

    private mutating func takeSpace() {
        if endsWithSpace { phrase.append(0x20) }
        endsWithSpace = false
    }
}
