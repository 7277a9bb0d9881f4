/// CR and LF only as pairs, no NUL.
func isCanonical(_ octets: [UInt8]) -> Bool {
    for (index, octet) in octets.enumerated() {
        switch octet {
        case 0: return false
        case 13: if index + 1 == octets.count || octets[index + 1] != 10 { return false }
        case 10: if index == 0 || octets[index - 1] != 13 { return false }
        default: continue
        }
    }
    return true
}
