/// Looks for the line ends of a body that matter: those before a line that may be a boundary or begin a file, and those that are unusual.
struct BodyScan: Sendable {
    /// How the lines of the message end.
    enum LineEnd: Sendable {
        case crlf
        case lf
    }

    /// How lines end.
    var lineEnd: LineEnd
    /// Whether a line matters that begins as those do that begin and end files: `begin`, `end`, `=ybegin`, `=yend`.
    var findsFiles: Bool

    typealias Vector = SIMD16<UInt8>

    /// The first place, from `start` on, at which a line end that may matter begins, or whose next octet is one; `count - 1` if there is none.
    ///
    /// The last octet is never looked over: nobody knows what follows it.
    @inline(__always)
    func next(_ input: Span<UInt8>, from start: Int) -> Int {
        switch (lineEnd, findsFiles) {
        case (.crlf, false): Self.next(input, from: start, isCRLF: true, findsFiles: false)
        case (.crlf, true): Self.next(input, from: start, isCRLF: true, findsFiles: true)
        case (.lf, false): Self.next(input, from: start, isCRLF: false, findsFiles: false)
        case (.lf, true): Self.next(input, from: start, isCRLF: false, findsFiles: true)
        }
    }

    @inline(__always)
    private static func next(_ input: Span<UInt8>, from start: Int, isCRLF: Bool, findsFiles: Bool) -> Int {
        var index = start
        let last = input.count &- 1
        while last &- index >= 32 {
            // Proof: 33 octets are left from `index` on.
            let found = unsafe lanes(input, index, isCRLF, findsFiles)
            let more = unsafe lanes(input, index &+ 16, isCRLF, findsFiles)
            if isAny(found | more) { break }
            index &+= 32
        }
        while index < last {
            if matters(input[index], input[index &+ 1], isCRLF, findsFiles) { return index }
            index &+= 1
        }
        return last
    }

    /// Whether two octets that follow each other matter.
    @inline(__always)
    private static func matters(_ octet: UInt8, _ next: UInt8, _ isCRLF: Bool, _ findsFiles: Bool) -> Bool {
        if octet == 0 { return true }
        if isCRLF {
            // A bare CR, or a bare LF behind this octet.
            if (octet == 0x0D) != (next == 0x0A) { return true }
        } else if octet == 0x0D {
            return true
        }
        guard octet == 0x0A else { return false }
        return next == UInt8(ascii: "-") || findsFiles && beginsFile(next)
    }

    /// Whether a line with this first octet may begin or end a file.
    @inline(__always)
    static func beginsFile(_ octet: UInt8) -> Bool {
        octet | 0x20 == UInt8(ascii: "b") || octet | 0x20 == UInt8(ascii: "e") || octet == UInt8(ascii: "=")
    }

    /// The lanes that matter. Every operand is a named vector: with literals the compiler takes the lanes one by one.
    @inline(__always)
    @unsafe
    private static func lanes(_ input: Span<UInt8>, _ index: Int, _ isCRLF: Bool, _ findsFiles: Bool) -> Vector {
        // Proof: the caller's; there are seventeen octets.
        let octets = unsafe input.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: Vector.self)
        let next = unsafe input.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index &+ 1, as: Vector.self)
        let cr = Vector(repeating: 0x0D)
        let lf = Vector(repeating: 0x0A)
        let dash = Vector(repeating: 0x2D)
        let zero = Vector(repeating: 0)
        let isCR = vector(octets .== cr)
        let isLF = vector(octets .== lf)
        var wanted = vector(next .== dash)
        if findsFiles {
            let bit = Vector(repeating: 0x20)
            let first = Vector(repeating: UInt8(ascii: "b"))
            let second = Vector(repeating: UInt8(ascii: "e"))
            let sign = Vector(repeating: UInt8(ascii: "="))
            let folded: Vector = next | bit
            wanted = wanted | vector(folded .== first) | vector(folded .== second)
            wanted = wanted | vector(next .== sign)
        }
        var found: Vector = (isLF & wanted) | vector(octets .== zero)
        if isCRLF { found = found | (isCR ^ vector(next .== lf)) } else { found = found | isCR }
        return found
    }

    @inline(__always)
    private static func vector(_ mask: SIMDMask<SIMD16<Int8>>) -> Vector {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(mask, to: Vector.self)
    }

    @inline(__always)
    private static func isAny(_ lanes: Vector) -> Bool {
        // Proof: both have 16 octets and no padding, and every bit pattern is valid.
        unsafe unsafeBitCast(lanes, to: UInt128.self) != 0
    }
}
