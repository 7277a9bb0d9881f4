/// The central directory of a zip file (APPNOTE 6.3.10 §4.3.12), which says what most programs see in it.
///
/// Other programs go through the local headers, from the first to the last: where both differ, a file can hide.
public struct ZipDirectory: Sendable, Hashable {
    /// The names of all entries, in order, in octets as they are.
    public private(set) var names: [[UInt8]] = []
    /// Whether any entry is encrypted.
    public private(set) var isEncrypted = false
    /// Whether it does not end where its file says.
    public private(set) var isDamaged = false

    /// Reads the directory; `nil` if there is none.
    ///
    /// - Parameters:
    ///   - archive: the whole file.
    ///   - limit: how many entries are read.
    public init?(_ archive: Span<UInt8>, limit: Int) {
        guard let end = Self.end(of: archive) else { return nil }
        var offset = Self.number(archive, end + 16, 4)
        let size = Self.number(archive, end + 12, 4)
        // Something may stand before the archive: the directory ends where its end record begins.
        if size <= end, offset + size != end { offset = end - size }
        var count = Self.number(archive, end + 10, 2)
        // Counts of 16 bits are not enough with ZIP64; the signatures tell as well.
        if count == 0xFFFF { count = .max }
        while names.count < min(count, limit) {
            guard offset >= 0, offset + 46 <= archive.count, Self.number(archive, offset, 4) == 0x0201_4B50 else {
                if count != .max { isDamaged = true }
                return
            }
            let length = Self.number(archive, offset + 28, 2)
            let next =
                offset + 46 + length + Self.number(archive, offset + 30, 2) + Self.number(archive, offset + 32, 2)
            guard next <= archive.count else {
                isDamaged = true
                return
            }
            // Bit 0 for encrypted content, bit 13 for an encrypted directory (§4.4.4).
            if Self.number(archive, offset + 8, 2) & 0x2001 != 0 { isEncrypted = true }
            names.append((offset + 46..<(offset + 46 + length)).map { archive[$0] })
            offset = next
        }
    }

    /// Where the record is that ends the directory: with its comment it ends the file.
    ///
    /// Behind a file that begins as a zip file does there may be something else. In another file it has to fit: a zip file within it is none of
    /// its own.
    private static func end(of archive: Span<UInt8>) -> Int? {
        guard archive.count >= 22 else { return nil }
        let isZip = archive[0] == 0x50 && archive[1] == 0x4B
        var place = archive.count - 22
        let last = max(0, place - 65_535)
        while place >= last {
            if archive[place] == 0x50, number(archive, place, 4) == 0x0605_4B50,
                isZip || place + 22 + number(archive, place + 20, 2) == archive.count
            {
                return place
            }
            place -= 1
        }
        return nil
    }

    /// A number with its lowest octet first; the caller has seen that it is there.
    private static func number(_ octets: Span<UInt8>, _ offset: Int, _ count: Int) -> Int {
        var number = 0
        for index in (0..<count).reversed() { number = number << 8 | Int(octets[offset + index]) }
        return number
    }
}
