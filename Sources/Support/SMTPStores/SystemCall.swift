#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The system's calls for files, as far as a snapshot needs them. Each says -1 and sets `errno` where it fails.
enum SystemCall {
    /// Opens a file for reading.
    static func openToRead(_ path: String) -> Int32 { unsafe open(path, O_RDONLY | O_CLOEXEC) }

    /// Makes a file that is not there and that only its owner can read.
    static func make(_ path: String) -> Int32 {
        unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    }

    /// Opens a folder.
    static func openFolder(_ path: String) -> Int32 { unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }

    /// Writes octets, perhaps not all of them.
    ///
    /// - Returns: how many.
    static func write(_ octets: ArraySlice<UInt8>, to descriptor: Int32) -> Int {
        unsafe octets.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            #if canImport(Glibc)
            return unsafe Glibc.write(descriptor, start, bytes.count)
            #elseif canImport(Musl)
            return unsafe Musl.write(descriptor, start, bytes.count)
            #else
            return unsafe Darwin.write(descriptor, start, bytes.count)
            #endif
        }
    }

    /// Reads octets into the end of an array.
    ///
    /// - Returns: how many; 0 at the end of the file.
    static func read(_ descriptor: Int32, into octets: inout [UInt8], atMost limit: Int) -> Int {
        let start = octets.count
        octets.append(contentsOf: repeatElement(0, count: limit))
        let count = unsafe octets[start...].withUnsafeMutableBytes { bytes in
            guard let address = bytes.baseAddress else { return 0 }
            #if canImport(Glibc)
            return unsafe Glibc.read(descriptor, address, bytes.count)
            #elseif canImport(Musl)
            return unsafe Musl.read(descriptor, address, bytes.count)
            #else
            return unsafe Darwin.read(descriptor, address, bytes.count)
            #endif
        }
        octets.removeLast(limit - max(0, count))
        return count
    }

    /// Gives a file another name, in place of one that has it.
    static func rename(_ old: String, _ new: String) -> Int32 {
        #if canImport(Glibc)
        unsafe Glibc.rename(old, new)
        #elseif canImport(Musl)
        unsafe Musl.rename(old, new)
        #else
        unsafe Darwin.rename(old, new)
        #endif
    }

    /// Takes a file away.
    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Waits until the disk has a file.
    static func synchronize(_ descriptor: Int32) -> Int32 { fsync(descriptor) }

    /// Gives a descriptor back.
    static func release(_ descriptor: Int32) { close(descriptor) }

    /// What the last call failed with.
    static var lastError: Int32 { errno }

    /// That as text.
    static func text(of error: Int32) -> String {
        unsafe strerror(error).map { unsafe String(cString: $0) } ?? "error \(error)"
    }

    /// A call was interrupted and is to be repeated.
    static var isInterrupted: Bool { errno == EINTR }
    /// There is no such file.
    static var isMissing: Bool { errno == ENOENT }
    /// The file system cannot do that.
    static var isUnsupported: Bool { errno == EINVAL || errno == ENOTSUP }
}
