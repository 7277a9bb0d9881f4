import Foundation

/// The system's calls for files, as far as recordings need them.
enum SystemFile {
    /// Opens a file for reading; below 0 where that fails.
    static func openToRead(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

    /// Makes a file that is not there and that only its owner can read; below 0 where that fails.
    static func make(_ path: String) -> Int32 {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }

    /// Whether the last call failed since the file is there already.
    static var wasThere: Bool { errno == EEXIST }

    /// What the last call failed with.
    static var lastError: String { String(cString: strerror(errno)) }

    /// Writes all octets; `false` where that fails.
    static func write(_ octets: [UInt8], to descriptor: Int32) -> Bool {
        octets.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count, let start = bytes.baseAddress {
                #if canImport(Darwin)
                let count = Darwin.write(descriptor, start + done, bytes.count - done)
                #else
                let count = Glibc.write(descriptor, start + done, bytes.count - done)
                #endif
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    /// The next octets, fewer only at the end of the file; `nil` where that fails.
    static func read(_ descriptor: Int32, _ limit: Int) -> [UInt8]? {
        var failed = false
        let octets = [UInt8](unsafeUninitializedCapacity: limit) { buffer, done in
            while done < limit, let start = buffer.baseAddress {
                #if canImport(Darwin)
                let count = Darwin.read(descriptor, start + done, limit - done)
                #else
                let count = Glibc.read(descriptor, start + done, limit - done)
                #endif
                if count < 0, errno == EINTR { continue }
                failed = count < 0
                guard count > 0 else { return }
                done += count
            }
        }
        return failed ? nil : octets
    }

    /// Cuts a file.
    static func truncate(_ descriptor: Int32, to size: UInt64) { _ = ftruncate(descriptor, off_t(size)) }

    /// Gives a descriptor back.
    static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
        _ = Darwin.close(descriptor)
        #else
        _ = Glibc.close(descriptor)
        #endif
    }

    /// Takes a file away.
    static func remove(_ path: String) { _ = unlink(path) }

    /// How large a file is; `nil` if it is none.
    static func size(of path: String) -> UInt64? {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return UInt64(clamping: status.st_size)
    }

    /// Whether there is such a folder.
    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a folder, in order; `nil` if it cannot be read.
    static func names(in folder: String) -> [String]? {
        try? FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    }
}
