/// What a recording file begins with.
struct RecordingHeader: Sendable, Hashable {
    /// When the recorder was made, in nanoseconds since 1970: files with the same number belong together, and numbers of sessions are unique
    /// among them.
    var run: UInt64
    /// The place of the file among them, from 1 on.
    var number: UInt32

    /// The header's octets.
    var octets: [UInt8] {
        var octets = RecordingFormat.magic
        octets.append(word: RecordingFormat.version)
        octets.append(word: UInt16(RecordingFormat.headerSize))
        octets.append(word: run)
        octets.append(word: number)
        octets.append(word: UInt32(0))
        octets.append(word: CRC32.checksum(octets[...]))
        return octets
    }

    /// Reads a header of the right length.
    init(_ octets: [UInt8], file: String) throws(RecordingError) {
        func damaged(_ offset: Int, _ found: String, _ wanted: String) -> RecordingError {
            RecordingError(file: file, offset: UInt64(offset), found: found, wanted: wanted)
        }
        guard octets.starts(with: RecordingFormat.magic) else {
            throw damaged(0, RecordingError.shown(octets[..<8]), "\"SMTPREC\\n\", with which recordings begin")
        }
        let version: UInt16 = octets.word(at: 8)
        guard version == RecordingFormat.version else {
            throw damaged(8, "version \(version)", "version \(RecordingFormat.version)")
        }
        let size: UInt16 = octets.word(at: 10)
        guard size == UInt16(RecordingFormat.headerSize) else {
            throw damaged(10, "a header of \(size) octets", "one of \(RecordingFormat.headerSize)")
        }
        let (checksum, wanted): (UInt32, UInt32) = (octets.word(at: 28), CRC32.checksum(octets[..<28]))
        guard checksum == wanted else { throw damaged(28, "checksum \(checksum)", "checksum \(wanted)") }
        run = octets.word(at: 12)
        number = octets.word(at: 20)
    }

    /// The header of a file.
    init(run: UInt64, number: UInt32) {
        self.run = run
        self.number = number
    }
}
