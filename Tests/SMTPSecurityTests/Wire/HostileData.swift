import SMTPSecurityTesting

/// Message data that nobody writes by accident, made to meet every branch of the scanners at every place of a block.
struct HostileData {
    /// What is mixed, each as likely as the others.
    private static let parts: [[UInt8]] = [
        [13], [10], [0x2E], [0], [0x61], [0xE4], [13, 10], [13, 10, 0x2E], [0x2E, 0x2E, 13, 10], [10, 13],
        [13, 13, 10],
        [0x2E, 13], [0x2E, 10], [13, 10, 0x2E, 13], [13, 10, 0x2E, 10], [0x7F], [0xFF],
    ]

    /// The octets.
    var wire: [UInt8]

    /// Some data.
    ///
    /// - Parameter end: what comes last, unless it comes before.
    init(_ generator: inout Generator, end: String = "\r\n.\r\ntail") {
        // A place in the block for what follows.
        wire = [UInt8](repeating: 0x78, count: Int.random(in: 0...64, using: &generator))
        // Blocks are only repaired at once when no kind of fault is new.
        if Int.random(in: 0...3, using: &generator) > 0 { wire += [0x78, 13, 0x78, 10, 0, 0xE4] }
        switch Int.random(in: 0...3, using: &generator) {
        case 0: mix(&generator, 200)
        case 1: rows(&generator)
        case 2:
            mix(&generator, 40)
            rows(&generator)
            mix(&generator, 40)
        default:
            // Clean text in between, so that there is a way into what is wrong and a way out again.
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                wire += [UInt8](repeating: 0x79, count: Int.random(in: 0...200, using: &generator))
                mix(&generator, 4)
            }
        }
        if Int.random(in: 0...3, using: &generator) > 0 { wire += end.utf8 }
    }

    /// Adds up to `count` parts.
    private mutating func mix(_ generator: inout Generator, _ count: Int) {
        // Some parts only, so that they meet more often.
        let some = (0..<Int.random(in: 1...6, using: &generator)).compactMap { _ in
            Self.parts.randomElement(using: &generator)
        }
        for _ in 0..<Int.random(in: 0...count, using: &generator) {
            wire += some.randomElement(using: &generator) ?? []
        }
    }

    /// Adds rows of 16 to 200 of the same part.
    private mutating func rows(_ generator: inout Generator) {
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let part = Self.parts.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 16...200, using: &generator) { wire += part }
            mix(&generator, 2)
        }
    }

    /// Places to cut the octets into one to `count` pieces.
    static func cuts(_ count: Int, of wire: [UInt8], _ generator: inout Generator) -> [Int] {
        let cuts = Int.random(in: 0...max(0, count - 1), using: &generator)
        return (0..<cuts).map { _ in Int.random(in: 0...wire.count, using: &generator) }.sorted()
    }
}
