/// A mailbox, `local-part@domain` (RFC 5321 §4.1.2, RFC 6531 §3.3), as a value that outlives the line it stood in.
public struct Mailbox: Sendable, Hashable, CustomStringConvertible {
    /// The local part without quotes and backslashes.
    public let localPart: LocalPart
    /// The domain or address literal.
    public let domain: MailDomain

    /// A mailbox of parts.
    public init(localPart: LocalPart, domain: MailDomain) {
        self.localPart = localPart
        self.domain = domain
    }

    /// Reads `local-part@domain`.
    ///
    /// - Throws: what is wrong, with the offset in octets.
    public init(_ text: String) throws(CommandParseError) {
        let line = Array("MAIL FROM:<\(text)>".utf8)
        var command = ParsedCommand()
        let prefix = 11
        do throws(CommandParseError) { try CommandParser.parse(line.span, into: &command) } catch {
            throw CommandParseError(error.kind, at: max(0, Int(error.offset) - prefix))
        }
        guard let mailbox = Mailbox(CommandView(line: line.span, parsed: command).path) else {
            throw CommandParseError(.missingDomain, at: 0)
        }
        self = mailbox
    }

    /// A copy of a path's mailbox; `nil` if the path is not a mailbox.
    public init?(_ path: PathView) {
        guard path.kind == .mailbox, let domain = MailDomain(path) else { return nil }
        self.localPart = LocalPart(path)
        self.domain = domain
    }

    /// The canonical wire form.
    public var description: String { "\(localPart)@\(domain)" }
}

/// A local part. Equality is exact: only the domain's own server may ignore case (RFC 5321 §2.4).
public struct LocalPart: Sendable, Hashable, CustomStringConvertible {
    /// What it means: without quotes and backslashes.
    public let text: String

    /// A local part that means this text.
    public init(_ text: String) { self.text = text }

    init(_ path: PathView) {
        var octets: [UInt8] = []
        let raw = path.localPart
        var index = path.parsed.isQuoted ? 1 : 0
        let end = raw.count - index
        while index < end {
            if path.parsed.isQuoted, raw[index] == 0x5C { index += 1 }
            if index < end { octets.append(raw[index]) }
            index += 1
        }
        text = String(decoding: octets, as: UTF8.self)
    }

    /// The wire form, quoted only where it has to be.
    public var description: String {
        let octets = Array(text.utf8)
        let isDotString =
            !octets.isEmpty && octets.first != 0x2E && octets.last != 0x2E
            && octets.allSatisfy { $0 == 0x2E || OctetClass.contains($0, OctetClass.atext) }
            && !zip(octets, octets.dropFirst()).contains { $0 == 0x2E && $1 == 0x2E }
        if isDotString { return text }
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}

/// What stands right of the `@`.
public enum MailDomain: Sendable, Hashable, CustomStringConvertible {
    /// A domain name in ASCII lower case; U-labels as written.
    case name(String)
    /// An address literal of an IP address.
    case address(IPAddress)
    /// A general address literal: its tag in lower case, and its content.
    case general(tag: String, content: String)

    init?(_ path: PathView) {
        let raw = path.domain
        var octets: [UInt8] = []
        octets.append(octetsOf: raw)
        let text = String(decoding: octets, as: UTF8.self)
        let inner = text.dropFirst().dropLast()
        switch path.parsed.domainKind {
        case .absent: return nil
        case .name:
            self = .name(String(decoding: octets.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self))
        case .ipv4Literal:
            guard let address = try? IPAddress(String(inner)) else { return nil }
            self = .address(address)
        case .ipv6Literal:
            guard let address = try? IPAddress(String(inner.dropFirst(5))) else { return nil }
            self = .address(address)
        case .generalLiteral:
            guard let colon = inner.firstIndex(of: ":") else { return nil }
            self = .general(tag: inner[..<colon].lowercased(), content: String(inner[inner.index(after: colon)...]))
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .name(let name): name
        case .address(.v4(let value)): "[\(IPAddress.v4(value))]"
        case .address(let address): "[IPv6:\(address)]"
        case .general(let tag, let content): "[\(tag):\(content)]"
        }
    }
}

/// The path of `MAIL` (RFC 5321 §4.1.2).
public enum ReversePath: Sendable, Hashable, CustomStringConvertible {
    /// `<>`.
    case null
    /// `<mailbox>`.
    case mailbox(Mailbox)

    /// A copy of a command's path; `nil` if it has none.
    public init?(_ path: PathView) {
        if path.kind == .null {
            self = .null
        } else if let mailbox = Mailbox(path) {
            self = .mailbox(mailbox)
        } else {
            return nil
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .null: "<>"
        case .mailbox(let mailbox): "<\(mailbox)>"
        }
    }
}

/// The path of `RCPT` (RFC 5321 §4.1.2, §4.1.1.3).
public enum ForwardPath: Sendable, Hashable, CustomStringConvertible {
    /// `<Postmaster>` without a domain.
    case postmaster
    /// `<mailbox>`.
    case mailbox(Mailbox)

    /// A copy of a command's path; `nil` if it has none.
    public init?(_ path: PathView) {
        if path.kind == .postmaster {
            self = .postmaster
        } else if let mailbox = Mailbox(path) {
            self = .mailbox(mailbox)
        } else {
            return nil
        }
    }

    /// The wire form.
    public var description: String {
        switch self {
        case .postmaster: "<Postmaster>"
        case .mailbox(let mailbox): "<\(mailbox)>"
        }
    }
}
