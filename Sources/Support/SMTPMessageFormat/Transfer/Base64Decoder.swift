/// Decodes base64 (RFC 2045 §6.8) as it comes, however broken.
///
/// Decoders differ in what they do with faults: some stop at padding, some go on behind it; some skip what is not in the alphabet, some stop.
/// This one goes on behind each fault, so that what those give that stop is a beginning of what it gives. Each fault is an ``Anomaly``: those
/// that count on within a group, as if a `=` there were not, come to other octets behind it.
public struct Base64Decoder: TransferDecoder {
    /// What was unusual.
    public private(set) var anomalies = Anomalies()

    /// Values of six bits that are no octets yet, and how many: up to three.
    private var pending: UInt32 = 0
    private var pendingCount = 0
    /// How many `=` still belong to the last group.
    private var owedPadding = 0
    private var hasPadding = false

    /// A decoder at the beginning of a body.
    public init() {}

    /// Decodes octets.
    public mutating func decode(_ input: Span<UInt8>, at offset: Int, into output: inout DecodedOctets) {
        // Three octets of four, those of a group that is under way, and what a store of sixteen writes beyond.
        let most = input.count / 4 * 3 + 24
        unsafe output.write(upTo: most) { place in
            // Proof: `octets` writes no more than that; the tables have 1,024 numbers.
            unsafe Self.tables.withUnsafeBufferPointer { tables in
                unsafe octets(of: input, at: offset, to: place, tables)
            }
        }
    }

    /// Ends the body: a group that was cut short is decoded as far as it goes.
    public mutating func finish(at offset: Int, into output: inout DecodedOctets) {
        if owedPadding > 0 || pendingCount > 0 { anomalies.add(.base64Truncated, at: offset) }
        if pendingCount >= 2 { output.append(UInt8(truncatingIfNeeded: pending &>> (pendingCount == 2 ? 4 : 10))) }
        if pendingCount == 3 { output.append(UInt8(truncatingIfNeeded: pending &>> 2)) }
        self.pendingCount = 0
        self.owedPadding = 0
    }

    /// - Returns: how many octets were written.
    @unsafe
    private mutating func octets(
        of input: Span<UInt8>, at offset: Int, to place: UnsafeMutableRawPointer, _ tables: UnsafeBufferPointer<UInt32>
    ) -> Int {
        var written = 0
        var index = 0
        let end = input.count
        while index < end {
            if pendingCount == 0, owedPadding == 0, !hasPadding {
                while end &- index >= 8 {
                    // Proof: eight octets are left.
                    let letters = UInt64(
                        littleEndian: unsafe input.bytes.unsafeLoadUnaligned(
                            fromUncheckedByteOffset: index, as: UInt64.self))
                    guard let bits = unsafe Self.octets(of: letters, tables) else { break }
                    // Proof: eight octets at most, of which the last two are written over; six for these eight were counted, and more.
                    unsafe place.storeBytes(of: (bits &<< 16).bigEndian, toByteOffset: written, as: UInt64.self)
                    written &+= 6
                    index &+= 8
                }
                if end &- index >= 4 {
                    // Proof: four octets are left.
                    let letters = UInt32(
                        littleEndian: unsafe input.bytes.unsafeLoadUnaligned(
                            fromUncheckedByteOffset: index, as: UInt32.self))
                    if let bits = unsafe Self.octets(of: letters, tables) {
                        // Proof: four octets, of which the last one is written over.
                        unsafe place.storeBytes(of: (bits &<< 8).bigEndian, toByteOffset: written, as: UInt32.self)
                        written &+= 3
                        index &+= 4
                    }
                }
                // Line ends are the usual reason to stop.
                if end &- index >= 2, input[index] == 0x0D, input[index &+ 1] == 0x0A {
                    index &+= 2
                    continue
                }
                guard index < end else { break }
            }
            let octet = input[index]
            let value = Self.value(octet)
            if value < 64 {
                if owedPadding > 0 {
                    anomalies.add(.base64Truncated, at: offset + index)
                    owedPadding = 0
                }
                if hasPadding {
                    anomalies.add(.base64AfterPadding, at: offset + index)
                    hasPadding = false
                }
                pending = pending &<< 6 | UInt32(value)
                pendingCount &+= 1
                if pendingCount == 4 {
                    // Proof: a group of four was read for these three.
                    unsafe place.storeBytes(
                        of: UInt8(truncatingIfNeeded: pending &>> 16), toByteOffset: written, as: UInt8.self)
                    unsafe place.storeBytes(
                        of: UInt8(truncatingIfNeeded: pending &>> 8), toByteOffset: written &+ 1, as: UInt8.self)
                    unsafe place.storeBytes(
                        of: UInt8(truncatingIfNeeded: pending), toByteOffset: written &+ 2, as: UInt8.self)
                    written &+= 3
                    pendingCount = 0
                }
            } else if octet == UInt8(ascii: "=") {
                unsafe written &+= pad(at: offset + index, to: place + written)
            } else if octet != 0x0D, octet != 0x0A, octet != 0x20, octet != 0x09 {
                anomalies.add(.base64Junk, at: offset + index)
            }
            index &+= 1
        }
        return written
    }

    @unsafe
    private mutating func pad(at offset: Int, to place: UnsafeMutableRawPointer) -> Int {
        defer { pendingCount = 0 }
        switch pendingCount {
        case 2:
            // Proof: two of a group of four were read, and there is room for three octets of it.
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: pending &>> 4), as: UInt8.self)
            owedPadding = 1
            hasPadding = true
            return 1
        case 3:
            // Proof: as above.
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: pending &>> 10), as: UInt8.self)
            unsafe place.storeBytes(of: UInt8(truncatingIfNeeded: pending &>> 2), toByteOffset: 1, as: UInt8.self)
            owedPadding = 0
            hasPadding = true
            return 2
        case 0 where owedPadding > 0: owedPadding &-= 1
        default:
            anomalies.add(.base64Padding, at: offset)
            hasPadding = true
        }
        return 0
    }

    /// What eight letters stand for, the first one lowest, in 48 bits; `nil` if any of them is none.
    @inline(__always)
    @unsafe
    private static func octets(of letters: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt64? {
        let first = unsafe group(letters, tables)
        let second = unsafe group(letters &>> 32, tables)
        guard (first | second) >> 24 == 0 else { return nil }
        return UInt64(first) &<< 24 | UInt64(second)
    }

    /// What four letters stand for, the first one lowest, in 24 bits; `nil` if any of them is none.
    @inline(__always)
    @unsafe
    private static func octets(of letters: UInt32, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32? {
        let bits = unsafe group(UInt64(letters), tables)
        return bits >> 24 == 0 ? bits : nil
    }

    /// What four letters stand for in 24 bits; more than that if any of them is none.
    @inline(__always)
    @unsafe
    private static func group(_ letters: UInt64, _ tables: UnsafeBufferPointer<UInt32>) -> UInt32 {
        // Proof: an octet is below 256, and there are four tables of as many numbers.
        unsafe tables[Int(letters & 0xFF)] | tables[256 &+ Int(letters &>> 8 & 0xFF)]
            | tables[512 &+ Int(letters &>> 16 & 0xFF)] | tables[768 &+ Int(letters &>> 24 & 0xFF)]
    }

    /// What an octet stands for as the first, second, third and fourth of a group: four tables, with a bit beyond 24 for those that are no letters.
    private static let tables: [UInt32] = [18, 12, 6, 0].flatMap { shift in
        (0...255).map { octet in values[octet] < 64 ? UInt32(values[octet]) << shift : 1 << 24 }
    }

    /// What a letter stands for; 64 and more if it is none.
    @inline(__always)
    private static func value(_ octet: UInt8) -> UInt8 { values[Int(octet)] }

    /// By octet: the alphabet of RFC 2045 §6.8, and 64 for the others.
    private static let values: [256 of UInt8] = [
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 62, 64, 64, 64, 63,
        52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 64, 64, 64, 64, 64,
        64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
        15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 64, 64, 64, 64, 64,
        64, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
        41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
        64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64,
    ]
}
