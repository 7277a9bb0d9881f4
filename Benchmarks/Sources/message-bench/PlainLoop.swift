/// Base64 as a loop over octets, the way it is written when nobody measures.
enum PlainLoop {
    /// - Returns: how many octets came of it.
    static func decode(_ text: [UInt8]) -> Int {
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var bits: UInt32 = 0
        var count = 0
        for octet in text {
            let value: UInt8
            switch octet {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = octet - 65
            case UInt8(ascii: "a")...UInt8(ascii: "z"): value = octet - 71
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = octet + 4
            case UInt8(ascii: "+"): value = 62
            case UInt8(ascii: "/"): value = 63
            default: continue
            }
            bits = bits << 6 | UInt32(value)
            count += 1
            if count == 4 {
                output.append(UInt8(truncatingIfNeeded: bits >> 16))
                output.append(UInt8(truncatingIfNeeded: bits >> 8))
                output.append(UInt8(truncatingIfNeeded: bits))
                count = 0
            }
        }
        return output.count
    }
}
