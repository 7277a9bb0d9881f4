/// Takes `Authentication-Results` fields that claim to be a certain service's out of a message while it passes (RFC 8601 §5), and puts other
/// fields at its top.
///
/// A field stays only if it can be read beyond doubt up to its first semicolon, and names another service: what this side cannot read, a reader
/// behind might. No more is held than the beginning of such a field, and 4,096 octets of it.
struct AuthenticationResultsFilter: Sendable {
    private enum State: Sendable, Hashable {
        case lineStart
        /// A carriage return at the start of a line.
        case emptyLine
        /// So many octets of the name were read; white space after it counts none.
        case name(Int)
        case value(AuthenticationServiceReader)
        case passing
        case dropping
    }

    /// What became of the field that a continuation line belongs to.
    private enum Field: Sendable, Hashable {
        case kept
        case dropped
        case undecided(AuthenticationServiceReader)
    }

    /// The most that is held of one field.
    static let mostHeld = 4_096

    private let service: [UInt8]
    private var prefix: [UInt8]
    private var state = State.lineStart
    private var field = Field.kept
    private var held: [UInt8] = []
    /// Whether the header section is over.
    private(set) var isDone = false

    /// A filter for one message.
    ///
    /// - Parameters:
    ///   - service: the name in fields that are taken out.
    ///   - prefix: fields for the top.
    init(removing service: String, adding prefix: [UInt8] = []) {
        self.service = AuthenticationServiceReader.canonical(Array(service.utf8))
        self.prefix = prefix
    }

    /// Puts further fields at the top of a message that has not begun.
    mutating func add(_ fields: [UInt8]) { prefix += fields }

    private static let name = Array("authentication-results".utf8)

    /// Edits a piece of the message in canonical form, with CRLF line ends.
    ///
    /// - Parameter isLast: whether nothing follows.
    mutating func edit(_ content: inout [UInt8], isLast: Bool) {
        if isDone, prefix.isEmpty { return }
        var edited = prefix
        prefix = []
        edited.reserveCapacity(edited.count + held.count + content.count)
        var index = 0
        while index < content.count, !isDone {
            take(content[index], &edited)
            index += 1
        }
        edited.append(octetsOf: content.span.extracting(index..<content.count))
        if isLast, !isDone {
            isDone = true
            // What ends before it says whose it is goes; half a name is none.
            switch state {
            case .name, .emptyLine: release(&edited)
            case .lineStart, .value, .passing, .dropping: held = []
            }
        }
        content = edited
    }

    private mutating func take(_ octet: UInt8, _ output: inout [UInt8]) {
        switch state {
        case .lineStart:
            if octet == 0x20 || octet == 0x09 {
                switch field {
                case .kept: state = .passing
                case .dropped: state = .dropping
                case .undecided(let reader): state = .value(reader)
                }
                return take(octet, &output)
            }
            // A field that ends before it says whose it is goes.
            held = []
            field = .kept
            if octet == 0x0D {
                state = .emptyLine
                held.append(octet)
            } else {
                state = .name(0)
                take(octet, &output)
            }
        case .emptyLine:
            held.append(octet)
            release(&output)
            state = .passing
            if octet == 0x0A { isDone = true }
        case .name(let count):
            held.append(octet)
            if count < Self.name.count {
                let isSame = octet | ((octet &- 0x41 < 26) ? 0x20 : 0) == Self.name[count]
                if isSame {
                    state = .name(count + 1)
                    return
                }
            } else if octet == UInt8(ascii: ":") {
                state = .value(AuthenticationServiceReader())
                return
            } else if octet == 0x20 || octet == 0x09 {
                // Obsolete, and understood by many (RFC 5322 §4.5).
                if held.count > Self.mostHeld { drop() }
                return
            }
            release(&output)
            field = .kept
            state = octet == 0x0A ? .lineStart : .passing
        case .value(var reader):
            held.append(octet)
            reader.take(octet)
            if octet == 0x0A {
                field = .undecided(reader)
                state = .lineStart
            } else {
                state = .value(reader)
                if reader.isComplete, reader.service != nil, reader.service != service {
                    release(&output)
                    field = .kept
                    state = .passing
                } else if reader.isComplete || held.count > Self.mostHeld {
                    drop()
                }
            }
        case .passing:
            output.append(octet)
            if octet == 0x0A { state = .lineStart }
        case .dropping:
            if octet == 0x0A { state = .lineStart }
        }
    }

    private mutating func drop() {
        held = []
        field = .dropped
        state = .dropping
    }

    private mutating func release(_ output: inout [UInt8]) {
        output += held
        held = []
    }
}

/// Reads who an `Authentication-Results` field claims to be from (RFC 8601 §2.2, authserv-id): a token or a quoted string, perhaps a version,
/// then a semicolon; comments and line ends between them.
struct AuthenticationServiceReader: Sendable, Hashable {
    private enum Place: Sendable, Hashable {
        case before, token, quoted, after, version, end
        /// What makes no sense.
        case nonsense
    }

    private var place = Place.before
    private var depth = 0
    private var isEscaped = false
    private var identifier: [UInt8] = []

    /// Whether nothing that follows matters.
    var isComplete: Bool { place == .end || place == .nonsense }

    /// Who it claims to be from, in canonical form; `nil` where that cannot be read.
    var service: [UInt8]? { place == .end ? Self.canonical(identifier) : nil }

    /// In lower case and without a dot at the end.
    static func canonical(_ name: [UInt8]) -> [UInt8] {
        var name = name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        while name.last == UInt8(ascii: ".") { name.removeLast() }
        return name
    }

    mutating func take(_ octet: UInt8) {
        if isComplete { return }
        if isEscaped {
            isEscaped = false
            if depth == 0 { add(octet) }
            return
        }
        if depth > 0 {
            switch octet {
            case UInt8(ascii: "("): depth += 1
            case UInt8(ascii: ")"): depth -= 1
            case UInt8(ascii: "\\"): isEscaped = true
            default: break
            }
            return
        }
        let isSpace = octet == 0x20 || octet == 0x09 || octet == 0x0D || octet == 0x0A
        switch place {
        case .before where octet == UInt8(ascii: "\""): place = .quoted
        case .quoted:
            switch octet {
            case UInt8(ascii: "\""): place = .after
            case UInt8(ascii: "\\"): isEscaped = true
            // A line that is folded there is read in several ways.
            case 0x0D, 0x0A: place = .nonsense
            default: add(octet)
            }
        case .before where isSpace, .after where isSpace, .version where isSpace: break
        case .token where isSpace: place = .after
        case .before where octet == UInt8(ascii: "("), .after where octet == UInt8(ascii: "("): depth = 1
        case .after where octet == UInt8(ascii: ";"), .token where octet == UInt8(ascii: ";"),
            .version where octet == UInt8(ascii: ";"):
            place = .end
        case .after where octet &- 0x30 < 10, .version where octet &- 0x30 < 10: place = .version
        case .before where Self.isToken(octet), .token where Self.isToken(octet):
            place = .token
            add(octet)
        default: place = .nonsense
        }
    }

    private mutating func add(_ octet: UInt8) {
        identifier.append(octet)
        if identifier.count > 300 { place = .nonsense }
    }

    /// RFC 2045 §5.1; octets beyond ASCII are RFC 6532's.
    private static func isToken(_ octet: UInt8) -> Bool {
        octet > 0x20 && octet != 0x7F && !"()<>@,;:\\\"/[]?=".utf8.contains(octet)
    }
}
