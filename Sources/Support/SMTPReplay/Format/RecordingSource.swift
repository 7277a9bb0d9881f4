/// Where a recording's octets come from: a file, or memory.
///
/// A class because its identity is the point: it owns a descriptor.
final class RecordingSource {
    private let descriptor: Int32
    private let octets: [UInt8]
    private var index = 0

    /// Octets in memory.
    init(_ octets: [UInt8]) {
        descriptor = -1
        self.octets = octets
    }

    /// A file.
    init(path: String) throws(RecordingError) {
        octets = []
        descriptor = SystemFile.openToRead(path)
        guard descriptor >= 0 else { throw RecordingError(file: path, "cannot be opened: \(SystemFile.lastError)") }
    }

    deinit { if descriptor >= 0 { SystemFile.close(descriptor) } }

    /// The next octets, fewer than asked for only at the end.
    func read(_ count: Int, file: String) throws(RecordingError) -> [UInt8] {
        guard descriptor >= 0 else {
            let piece = octets[index..<min(octets.count, index + count)]
            index += piece.count
            return Array(piece)
        }
        guard let piece = SystemFile.read(descriptor, count) else {
            throw RecordingError(file: file, "cannot be read: \(SystemFile.lastError)")
        }
        return piece
    }
}
