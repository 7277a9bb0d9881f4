#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the C library needs for parts of the same work, to compare with in the same run.
public enum Control {
    /// Looks for an octet that is not there.
    @inline(never)
    public static func search(_ octets: [UInt8]) {
        octets.withUnsafeBytes { buffer in
            guard let base = buffer.baseAddress else { return }
            keep(memchr(base, 0x07, buffer.count).map { Int(bitPattern: $0) } ?? 0)
        }
    }

    /// Finds every line feed.
    ///
    /// - Returns: how many lines there are.
    @inline(never)
    public static func split(_ octets: [UInt8]) -> Int {
        octets.withUnsafeBytes { buffer in
            guard var here = buffer.baseAddress else { return 0 }
            let end = here + buffer.count
            var lines = 0
            while here < end, let feed = memchr(here, 0x0A, end - here) {
                lines += 1
                here = UnsafeRawPointer(feed) + 1
            }
            return lines
        }
    }

    /// Copies.
    @inline(never)
    public static func copy(_ octets: [UInt8], into copy: inout [UInt8]) {
        copy.removeAll(keepingCapacity: true)
        copy.append(contentsOf: octets)
    }

    /// Allocates and frees memory.
    @inline(never)
    public static func allocate(_ count: Int) {
        for size in 1...count {
            let block = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 1)
            keep(Int(bitPattern: block))
            block.deallocate()
        }
    }

    /// Makes a value look used.
    @inline(never)
    public static func keep(_ value: Int) { kept = value }
    nonisolated(unsafe) private static var kept = 0
}
