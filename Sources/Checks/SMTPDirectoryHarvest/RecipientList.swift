public import SMTPSecurity

/// Which recipients there are, domain by domain.
///
/// ```
/// # One mailbox a line, or a domain in which every mailbox exists.
/// alice@example.org
/// bob@example.org
/// @lists.example.org
/// ```
///
/// ASCII case makes no difference, nor do quotes that say nothing (RFC 5321 §4.1.2). Domains in Unicode and in ASCII
/// form (RFC 5890 §2.3.2.1) are different ones here: list those that clients use. `<Postmaster>`, and `postmaster` of a
/// domain in the list, always exists (RFC 5321 §4.5.1).
public struct RecipientList: Sendable, Hashable {
    /// What the list says of a recipient.
    public enum Standing: Sendable, Hashable {
        /// It exists.
        case known
        /// The list has its domain, but not this mailbox.
        case unknown
        /// The list does not have its domain.
        case notListed
    }

    /// A line that is not what it should be.
    public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
        /// The number of the line, from 1.
        public let line: Int
        /// The line, escaped, and what belongs there.
        public let description: String

        init(line: Int, _ text: Substring, _ reason: String) {
            self.line = line
            self.description =
                "line \(line): \"\(Evidence(String(text)))\" is neither user@domain nor @domain (\(reason)); "
                + "write alice@example.org for a mailbox, @example.org for all of a domain, # before a comment"
        }
    }

    /// What exists in one domain.
    private struct Domain: Sendable, Hashable {
        var acceptsAll = false
        var localParts: Set<String> = []
    }

    private var domains: [MailDomain: Domain] = [:]

    /// A list without domains: it judges nobody.
    public init() {}

    /// Reads a list: `user@domain` or `@domain` a line, empty lines, and comments that start with `#`.
    ///
    /// - Throws: ``ParseError`` for the first line that is none of these.
    public init(parsing text: String) throws(ParseError) {
        var number = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            number += 1
            let entry = Self.trimmed(line)
            guard let first = entry.first, first != "#" else { continue }
            do throws(CommandParseError) {
                if first == "@" {
                    insert(everyMailboxAt: try Mailbox("postmaster\(entry)").domain)
                } else {
                    insert(try Mailbox(String(entry)))
                }
            } catch {
                throw ParseError(line: number, entry, "\(error.kind)")
            }
        }
    }

    private static func trimmed(_ line: Substring) -> Substring {
        var line = line
        while let last = line.last, last == " " || last == "\t" { line.removeLast() }
        return line.drop { $0 == " " || $0 == "\t" }
    }

    /// How many domains the list has.
    public var domainCount: Int { domains.count }

    /// A mailbox exists. Others of its domain do not, unless they are in the list too.
    public mutating func insert(_ mailbox: Mailbox) {
        domains[mailbox.domain, default: Domain()].localParts.insert(Self.folded(mailbox.localPart.text))
    }

    /// Every mailbox of a domain exists.
    public mutating func insert(everyMailboxAt domain: MailDomain) {
        domains[domain, default: Domain()].acceptsAll = true
    }

    /// What the list says of the path of a `RCPT`.
    public func standing(of path: PathView) -> Standing {
        if path.kind == .postmaster { return .known }
        guard let mailbox = Mailbox(path) else { return .notListed }
        return standing(of: mailbox)
    }

    /// What the list says of a mailbox.
    public func standing(of mailbox: Mailbox) -> Standing {
        guard let domain = domains[mailbox.domain] else { return .notListed }
        if domain.acceptsAll { return .known }
        let localPart = Self.folded(mailbox.localPart.text)
        return localPart == "postmaster" || domain.localParts.contains(localPart) ? .known : .unknown
    }

    private static func folded(_ text: String) -> String {
        String(decoding: text.utf8.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
}
