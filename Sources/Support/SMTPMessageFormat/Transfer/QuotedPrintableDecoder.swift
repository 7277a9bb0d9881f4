/// Decodes quoted-printable text (RFC 2045 §6.7) as it comes, however broken.
///
/// What is no escape stays as it is. White space at the ends of lines is kept too: the standard has it deleted, many decoders do not, and
/// signatures look for what readers see.
public struct QuotedPrintableDecoder: TransferDecoder {
    /// How much white space is looked over for a line end behind `=`, in octets: a line has no more (RFC 5322 §2.1.1).
    public static let longestSoftBreak = 998

    /// What was unusual.
    public private(set) var anomalies = Anomalies()

    private enum State: Sendable {
        case text
        /// Behind `=`.
        case escape
        /// Behind `=` and one digit.
        case digit(UInt8)
        /// Behind `=` and white space.
        case space
        /// Behind `=` and CR, and the white space before it.
        case lineEnd
    }

    private var state = State.text
    /// White space behind a `=`.
    private var held: [UInt8] = []
    private var endsWithSpace = false

    /// A decoder at the beginning of a body.
    public init() {}

    /// Decodes octets.
    public mutating func decode(_ input: Span<UInt8>, at offset: Int, into output: inout DecodedOctets) {
        var index = 0
        while index < input.count {
            if case .text = state {
                let run = Self.plainCount(input, from: index)
                if run > 0 {
                    output.append(input.extracting(index..<(index + run)))
                    index += run
                    endsWithSpace = input[index - 1] == 0x20
                    continue
                }
            }
            step(input[index], at: offset + index, into: &output)
            index += 1
        }
    }

    /// Ends the body.
    public mutating func finish(at offset: Int, into output: inout DecodedOctets) {
        switch state {
        case .text: if endsWithSpace { anomalies.add(.quotedPrintableTrailingSpace, at: offset) }
        // A soft line break whose line end is that of the body.
        case .escape, .lineEnd: break
        case .space: anomalies.add(.quotedPrintableSoftBreak, at: offset)
        case .digit(let digit):
            anomalies.add(.quotedPrintableEscape, at: offset)
            output.append(UInt8(ascii: "="))
            output.append(digit)
        }
        state = .text
        held = []
        endsWithSpace = false
    }

    private mutating func step(_ octet: UInt8, at offset: Int, into output: inout DecodedOctets) {
        switch state {
        case .text: text(octet, at: offset, into: &output)
        case .escape:
            switch octet {
            case 0x0D: state = .lineEnd
            case 0x0A: state = .text
            case 0x20, 0x09:
                held = [octet]
                state = .space
            case _ where hexadecimalValue(octet) != nil: state = .digit(octet)
            default: leaveEscape([], octet, at: offset, into: &output)
            }
        case .digit(let first):
            if let high = hexadecimalValue(first), let low = hexadecimalValue(octet) {
                output.append(high &<< 4 | low)
                state = .text
                endsWithSpace = false
            } else {
                leaveEscape([first], octet, at: offset, into: &output)
            }
        case .space:
            switch octet {
            case 0x20 where held.count < Self.longestSoftBreak, 0x09 where held.count < Self.longestSoftBreak:
                held.append(octet)
            case 0x0D, 0x0A:
                anomalies.add(.quotedPrintableSoftBreak, at: offset)
                state = octet == 0x0D ? .lineEnd : .text
            default: leaveEscape(held, octet, at: offset, into: &output)
            }
        case .lineEnd:
            state = .text
            if octet != 0x0A {
                anomalies.add(.quotedPrintableEscape, at: offset)
                text(octet, at: offset, into: &output)
            }
        }
    }

    /// Takes what was read since a `=` as text.
    private mutating func leaveEscape(
        _ octets: [UInt8], _ next: UInt8, at offset: Int, into output: inout DecodedOctets
    ) {
        anomalies.add(.quotedPrintableEscape, at: offset)
        output.append(UInt8(ascii: "="))
        output.append(octets.span)
        endsWithSpace = octets.last == 0x20 || octets.last == 0x09
        held = []
        state = .text
        text(next, at: offset, into: &output)
    }

    private mutating func text(_ octet: UInt8, at offset: Int, into output: inout DecodedOctets) {
        if octet == UInt8(ascii: "=") {
            state = .escape
            endsWithSpace = false
            return
        }
        switch octet {
        case 0x0D, 0x0A: if endsWithSpace { anomalies.add(.quotedPrintableTrailingSpace, at: offset) }
        case 0x20...0x7E, 0x09: break
        default: anomalies.add(.quotedPrintableOctet, at: offset)
        }
        endsWithSpace = octet == 0x20 || octet == 0x09
        output.append(octet)
    }

    /// How many printable ASCII octets other than `=` come next.
    @inline(__always)
    private static func plainCount(_ input: Span<UInt8>, from begin: Int) -> Int {
        var index = begin
        while input.count &- index >= 16 {
            // Proof: sixteen octets are left.
            let block = unsafe input.bytes.unsafeLoadUnaligned(
                fromUncheckedByteOffset: index, as: SIMD16<UInt8>.self)
            guard isPlain(block) else { break }
            index &+= 16
        }
        while index < input.count, input[index] &- 0x20 < 95, input[index] != 0x3D { index &+= 1 }
        return index &- begin
    }

    /// Whether sixteen octets are printable ASCII without `=`. Every operand is a named vector: with literals the compiler takes the lanes one
    /// by one.
    @inline(__always)
    private static func isPlain(_ octets: SIMD16<UInt8>) -> Bool {
        let begin = SIMD16<UInt8>(repeating: 0x20)
        let count = SIMD16<UInt8>(repeating: 95)
        let equalsSign = SIMD16<UInt8>(repeating: 0x3D)
        let none = SIMD16<UInt8>(repeating: 0)
        let distance = octets &- begin
        let difference = octets ^ equalsSign
        let printable = none.replacing(with: difference, where: distance .< count)
        let isOther = printable .== none
        // Proof: both are sixteen octets without padding.
        let words = unsafe unsafeBitCast(isOther, to: SIMD2<UInt64>.self)
        return words.x | words.y == 0
    }
}
