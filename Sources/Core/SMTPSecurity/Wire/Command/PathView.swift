/// The path of a command (RFC 5321 §4.1.2).
public struct PathView: ~Escapable, BitwiseCopyable {
    /// The line without its line end.
    public let line: Span<UInt8>
    /// What the parser found.
    public let parsed: ParsedPath

    /// The path that `parsed` describes.
    @inlinable
    @_lifetime(copy line)
    public init(line: Span<UInt8>, parsed: ParsedPath) {
        self.line = line
        self.parsed = parsed
    }

    /// The form of the path.
    @inlinable
    public var kind: ParsedPath.Kind { parsed.kind }

    /// The local part as written, quotes included.
    @inlinable
    @inline(__always)
    public var localPart: Span<UInt8> {
        @_lifetime(copy self)
        get { text(parsed.localPart) }
    }

    /// The domain as written, brackets of a literal included.
    @inlinable
    @inline(__always)
    public var domain: Span<UInt8> {
        @_lifetime(copy self)
        get { text(parsed.domain) }
    }

    /// Whether the domain is this one, in any ASCII case.
    public func domainEquals(_ other: String) -> Bool {
        let mine = domain
        var index = 0
        for octet in other.utf8 {
            guard index < mine.count, Self.lower(mine[index]) == Self.lower(octet) else { return false }
            index += 1
        }
        return index == mine.count
    }

    private static func lower(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }

    @inlinable
    @inline(__always)
    @_lifetime(copy self)
    func text(_ range: ByteRange) -> Span<UInt8> {
        Int(range.upperBound) <= line.count ? line.extracting(range.range) : line.extracting(first: 0)
    }
}
