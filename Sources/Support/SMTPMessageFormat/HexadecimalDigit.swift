/// What a hexadecimal digit stands for.
func hexadecimalValue(_ octet: UInt8) -> UInt8? {
    switch octet {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): octet &- 48
    case UInt8(ascii: "A")...UInt8(ascii: "F"): octet &- 55
    case UInt8(ascii: "a")...UInt8(ascii: "f"): octet &- 87
    default: nil
    }
}
