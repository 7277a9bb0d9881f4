import SMTPSecurity

/// The files of a recorder: one is being written, the oldest make room.
struct RecordingFolder {
    private struct File {
        var path: String
        var octets: UInt64
    }

    private let path: String
    private let limits: RecorderLimits
    private let run: UInt64
    private var number: UInt32 = 0
    private var older: [File]
    private var current: File?
    private var descriptor: Int32 = -1
    /// Files that were removed to make room.
    private(set) var removedFiles: UInt64 = 0

    /// A folder, with the files that are there.
    init(_ path: String, _ limits: RecorderLimits, run: UInt64) throws(RecordingError) {
        guard SystemFile.isFolder(path) else { throw RecordingError(file: path, "there is no such folder") }
        guard let names = SystemFile.names(in: path) else {
            throw RecordingError(file: path, "cannot be read: \(SystemFile.lastError)")
        }
        self.path = path
        self.limits = limits
        self.run = run
        older = names.filter { Self.isRecording($0) }.compactMap { name in
            SystemFile.size(of: "\(path)/\(name)").map { File(path: "\(path)/\(name)", octets: $0) }
        }
    }

    /// Whether a file is called as recordings are.
    static func isRecording(_ name: String) -> Bool { name.hasPrefix("sessions-") && name.hasSuffix(".smtprec") }

    /// Writes frames, and begins another file where one is full.
    ///
    /// - Returns: how many octets were written.
    mutating func write(_ octets: [UInt8], at now: Timestamp) throws(RecordingError) -> UInt64 {
        var written = UInt64(octets.count)
        if let current, current.octets + written > limits.fileOctets, current.octets > RecordingFormat.headerSize {
            closeFile()
        }
        if descriptor < 0 { written += try openFile(at: now) }
        guard var file = current else { return 0 }
        guard SystemFile.write(octets, to: descriptor) else {
            let reason = SystemFile.lastError
            giveUp(file)
            throw RecordingError(file: file.path, "cannot be written: \(reason)")
        }
        file.octets += UInt64(octets.count)
        current = file
        makeRoom()
        return written
    }

    /// Ends the file that is being written.
    mutating func closeFile() {
        if descriptor >= 0 { SystemFile.close(descriptor) }
        descriptor = -1
        if let current { older.append(current) }
        current = nil
    }

    /// Leaves a file with what is whole in it. What comes next begins another one.
    private mutating func giveUp(_ file: File) {
        SystemFile.truncate(descriptor, to: file.octets)
        closeFile()
        guard file.octets <= RecordingFormat.headerSize else { return }
        SystemFile.remove(file.path)
        older.removeLast()
    }

    private mutating func openFile(at now: Timestamp) throws(RecordingError) -> UInt64 {
        // Others may have made files within the same second.
        for _ in 0..<1_000 {
            number += 1
            let digits = String(number)
            let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
            let file = "\(path)/sessions-\(now.fileName)-\(padded).smtprec"
            descriptor = SystemFile.make(file)
            if descriptor < 0, SystemFile.wasThere { continue }
            guard descriptor >= 0 else {
                number -= 1
                throw RecordingError(file: file, "cannot be made: \(SystemFile.lastError)")
            }
            let header = RecordingHeader(run: run, number: number).octets
            guard SystemFile.write(header, to: descriptor) else {
                let reason = SystemFile.lastError
                SystemFile.close(descriptor)
                descriptor = -1
                SystemFile.remove(file)
                number -= 1
                throw RecordingError(file: file, "cannot be written: \(reason)")
            }
            current = File(path: file, octets: UInt64(header.count))
            return UInt64(header.count)
        }
        throw RecordingError(file: path, "there is no free name for another file")
    }

    private mutating func makeRoom() {
        var total = older.reduce(current?.octets ?? 0) { $0 + $1.octets }
        while total > limits.totalOctets, let oldest = older.first {
            SystemFile.remove(oldest.path)
            older.removeFirst()
            total -= oldest.octets
            removedFiles += 1
        }
    }
}
