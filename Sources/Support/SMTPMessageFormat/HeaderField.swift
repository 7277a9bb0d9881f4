/// A field of a header section, as it stands there.
public struct HeaderField: ~Escapable {
    /// Its name, without white space around it.
    public let name: Span<UInt8>
    /// What stands behind the colon, folding line ends included; the last line end is not there.
    public let body: Span<UInt8>
    /// Where the name begins: octets from the beginning of the message.
    public let offset: Int
    /// Where the body begins.
    public let bodyOffset: Int
    /// The part whose header section it is in; that part begins behind its fields.
    public let part: PartPath

    @_lifetime(copy name, copy body)
    init(name: Span<UInt8>, body: Span<UInt8>, offset: Int, bodyOffset: Int, part: PartPath) {
        self.name = name
        self.body = body
        self.offset = offset
        self.bodyOffset = bodyOffset
        self.part = part
    }

    /// Whether this is its name. Case makes no difference (RFC 5322 §1.2.2).
    ///
    /// - Parameter text: the name in lower case.
    public func isNamed(_ text: StaticString) -> Bool {
        guard name.count == text.utf8CodeUnitCount else { return false }
        return text.withUTF8Buffer { wanted in
            // Proof: both have as many octets.
            for index in 0..<name.count where unsafe lowercased(name[index]) != wanted[index] { return false }
            return true
        }
    }

    /// The name in lower case.
    public var lowercasedName: [UInt8] { (0..<name.count).map { lowercased(name[$0]) } }

    /// The body without the line ends of folding (RFC 5322 §2.2.3), and without white space around it.
    public var unfolded: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(body.count)
        for index in 0..<body.count where body[index] != 0x0D && body[index] != 0x0A { octets.append(body[index]) }
        let begin = octets.firstIndex { $0 != 0x20 && $0 != 0x09 } ?? octets.count
        let end = octets.lastIndex { $0 != 0x20 && $0 != 0x09 } ?? begin - 1
        return Array(octets[begin..<(end + 1)])
    }
}

/// An ASCII letter in lower case; any other octet as it is.
@inline(__always)
func lowercased(_ octet: UInt8) -> UInt8 { octet &- 0x41 < 26 ? octet | 0x20 : octet }
