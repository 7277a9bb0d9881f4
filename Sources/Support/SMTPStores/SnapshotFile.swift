/// A file of 64-bit words, least significant octet first, with a checksum at its end.
///
/// Not copyable because the descriptor has one owner, which closes it.
struct SnapshotFile: ~Copyable {
    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var position = 0
    private var checksum = SipState((0, 0))
    private let blockSize = 65_536

    private init(_ path: String, _ descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { SystemCall.release(descriptor) }

    // MARK: Writing

    /// Makes a file that only its owner can read, in place of one that is there.
    static func create(_ path: String) throws(SnapshotError) -> SnapshotFile {
        SystemCall.remove(path)
        let descriptor = SystemCall.make(path)
        guard descriptor >= 0 else { throw failure(path, "cannot be made") }
        return SnapshotFile(path, descriptor)
    }

    /// Writes a word.
    mutating func write(_ word: UInt64) throws(SnapshotError) {
        checksum.take(word)
        append(word)
        if buffer.count >= blockSize { try flush() }
    }

    /// Writes the checksum, and returns when the disk has everything.
    mutating func finish() throws(SnapshotError) {
        append(checksum.finish())
        try flush()
        guard SystemCall.synchronize(descriptor) == 0 else { throw Self.failure(path, "cannot be kept") }
    }

    /// Puts a finished file in the place of another, and returns when the disk has that too.
    static func rename(_ old: String, to new: String) throws(SnapshotError) {
        guard SystemCall.rename(old, new) == 0 else { throw failure(new, "cannot be replaced") }
        let folder = new.lastIndex(of: "/").map { String(new[...$0]) } ?? "."
        let descriptor = SystemCall.openFolder(folder)
        guard descriptor >= 0 else { throw failure(folder, "cannot be opened") }
        defer { SystemCall.release(descriptor) }
        guard SystemCall.synchronize(descriptor) == 0 || SystemCall.isUnsupported else {
            throw failure(folder, "cannot be kept")
        }
    }

    private mutating func append(_ word: UInt64) {
        for shift in stride(from: 0 as UInt64, to: 64, by: 8) {
            buffer.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    private mutating func flush() throws(SnapshotError) {
        var done = 0
        while done < buffer.count {
            let count = SystemCall.write(buffer[done...], to: descriptor)
            if count < 0, SystemCall.isInterrupted { continue }
            guard count > 0 else { throw Self.failure(path, "cannot be written") }
            done += count
        }
        buffer.removeAll(keepingCapacity: true)
    }

    // MARK: Reading

    /// Opens a file; `nil` if there is none.
    static func open(_ path: String) throws(SnapshotError) -> SnapshotFile? {
        let descriptor = SystemCall.openToRead(path)
        if descriptor < 0, SystemCall.isMissing { return nil }
        guard descriptor >= 0 else { throw failure(path, "cannot be opened") }
        return SnapshotFile(path, descriptor)
    }

    /// Reads a word.
    mutating func read() throws(SnapshotError) -> UInt64 {
        let word = try take()
        checksum.take(word)
        return word
    }

    /// Reads the checksum, and makes sure that it is right and the last thing in the file.
    mutating func verify() throws(SnapshotError) {
        let wanted = checksum.finish()
        guard try take() == wanted else { throw damaged("its checksum is wrong") }
        if position == buffer.count { try fill() }
        guard position == buffer.count else { throw damaged("something follows its end") }
    }

    /// What to say of a file that is not what it should be.
    func damaged(_ reason: String) -> SnapshotError { SnapshotError(path, "is damaged: \(reason)") }

    private mutating func take() throws(SnapshotError) -> UInt64 {
        if buffer.count - position < 8 { try fill() }
        guard buffer.count - position >= 8 else { throw damaged("it ends early") }
        var word: UInt64 = 0
        for index in 0..<8 { word |= UInt64(buffer[position + index]) << UInt64(8 * index) }
        position += 8
        return word
    }

    /// Reads on until there is a word, or the end.
    private mutating func fill() throws(SnapshotError) {
        buffer.removeFirst(position)
        position = 0
        while buffer.count < 8 {
            let count = SystemCall.read(descriptor, into: &buffer, atMost: blockSize)
            if count < 0, SystemCall.isInterrupted { continue }
            guard count >= 0 else { throw Self.failure(path, "cannot be read") }
            if count == 0 { return }
        }
    }

    private static func failure(_ path: String, _ what: String) -> SnapshotError {
        SnapshotError(path, "\(what): \(SystemCall.text(of: SystemCall.lastError))")
    }
}
