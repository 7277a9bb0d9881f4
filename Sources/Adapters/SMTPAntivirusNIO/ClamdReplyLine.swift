import NIOCore

/// Collects an answer of clamd, which ends with NUL.
struct ClamdReplyLine: Sendable {
    private static let longest = 4_096

    private(set) var octets: [UInt8] = []
    private(set) var isComplete = false
    private(set) var isTooLong = false

    /// Takes what belongs to it.
    mutating func take(from input: inout ByteBuffer) {
        while !isComplete, !isTooLong, let octet = input.readInteger(as: UInt8.self) {
            if octet == 0 {
                isComplete = true
            } else if octets.count == Self.longest {
                isTooLong = true
            } else {
                octets.append(octet)
            }
        }
    }
}
