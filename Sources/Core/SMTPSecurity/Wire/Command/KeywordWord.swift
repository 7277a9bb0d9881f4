/// Verbs and keywords as one or two 64-bit words: eight octets in upper case, the first one most significant, zeros after
/// the last. Comparing words replaces comparing octets.
struct KeywordWord {
    /// The first eight octets.
    var first: UInt64
    /// The next eight.
    var second: UInt64

    /// The word of the octets in a range, at most 16 of them; longer text matches nothing.
    @inline(always)
    init(_ line: Span<UInt8>, _ range: Range<Int>) {
        let count = range.count
        guard count <= 16 else {
            self.first = 0
            self.second = 0
            return
        }
        self.first = Self.upper(Self.word(line, at: range.lowerBound) & Self.leading(min(count, 8)))
        self.second = count <= 8 ? 0 : Self.upper(Self.word(line, at: range.lowerBound + 8) & Self.leading(count - 8))
    }

    /// The first octets of a word, at most eight.
    @inline(always)
    static func leading(_ count: Int) -> UInt64 {
        count == 0 ? 0 : UInt64.max &<< UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    }

    /// Eight octets from an offset, the first one most significant; zeros after the end of the line.
    @inline(always)
    static func word(_ line: Span<UInt8>, at offset: Int) -> UInt64 {
        guard line.count >= 8 else { return skip(min(offset, 8), shortWord(line)) }
        let base = min(offset, line.count &- 8)
        // Proof, here and below: the load checks its bounds itself, and every bit pattern is a valid number.
        let word = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: base, as: UInt64.self).bigEndian
        return skip(offset &- base, word)
    }

    /// The same for a line that the caller knows to have eight octets at least.
    @inline(always)
    @unsafe
    static func word(_ line: Span<UInt8>, uncheckedAt offset: Int) -> UInt64 {
        let base = min(offset, line.count &- 8)
        // Proof: the caller's, and no offset is negative; every bit pattern is a valid number.
        let word = unsafe line.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: base, as: UInt64.self).bigEndian
        return skip(offset &- base, word)
    }

    /// A word without its first octets, 0 to 8 of them. In two steps: no shift goes as far as 64 bits.
    @inline(always)
    private static func skip(_ count: Int, _ word: UInt64) -> UInt64 {
        let half = UInt64(truncatingIfNeeded: 4 &* count)
        return (word &<< half) &<< half
    }

    /// All octets of a line of at most seven, the first one most significant.
    @inline(never)
    private static func shortWord(_ line: Span<UInt8>) -> UInt64 {
        guard line.count < 4 else {
            // Two halves that overlap.
            let head = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: 0, as: UInt32.self).bigEndian
            let tail = unsafe line.bytes.unsafeLoadUnaligned(fromByteOffset: line.count - 4, as: UInt32.self).bigEndian
            return UInt64(head) << 32 | UInt64(tail) &<< UInt64(truncatingIfNeeded: 8 &* (8 &- line.count))
        }
        var word: UInt64 = 0
        for offset in line.indices { word |= UInt64(line[offset]) << UInt64(56 - 8 * offset) }
        return word
    }

    /// Clears the bit that tells small letters from capitals, in every octet from 64 on. What is no letter never becomes one.
    @inline(always)
    static func upper(_ word: UInt64) -> UInt64 { word & ~((word & 0x4040_4040_4040_4040) >> 1) }

    /// The verb.
    var verb: Verb {
        guard second == 0 else { return .unknown }
        switch first {
        case 0x4845_4C4F_0000_0000: return .helo  // HELO
        case 0x4548_4C4F_0000_0000: return .ehlo  // EHLO
        case 0x4C48_4C4F_0000_0000: return .lhlo  // LHLO
        case 0x4D41_494C_0000_0000: return .mail  // MAIL
        case 0x5243_5054_0000_0000: return .rcpt  // RCPT
        case 0x4441_5441_0000_0000: return .data  // DATA
        case 0x4244_4154_0000_0000: return .bdat  // BDAT
        case 0x5253_4554_0000_0000: return .rset  // RSET
        case 0x4E4F_4F50_0000_0000: return .noop  // NOOP
        case 0x5155_4954_0000_0000: return .quit  // QUIT
        case 0x5652_4659_0000_0000: return .vrfy  // VRFY
        case 0x4558_504E_0000_0000: return .expn  // EXPN
        case 0x4845_4C50_0000_0000: return .help  // HELP
        case 0x4554_524E_0000_0000: return .etrn  // ETRN
        case 0x5455_524E_0000_0000: return .turn  // TURN
        case 0x4154_524E_0000_0000: return .atrn  // ATRN
        case 0x5345_4E44_0000_0000: return .send  // SEND
        case 0x534F_4D4C_0000_0000: return .soml  // SOML
        case 0x5341_4D4C_0000_0000: return .saml  // SAML
        case 0x4155_5448_0000_0000: return .auth  // AUTH
        case 0x4255_524C_0000_0000: return .burl  // BURL
        case 0x5843_4C49_454E_5400: return .xclient  // XCLIENT
        case 0x5354_4152_5454_4C53: return .startTLS  // STARTTLS
        case 0x5846_4F52_5741_5244: return .xforward  // XFORWARD
        default: return .unknown
        }
    }

    /// The parameter.
    var parameter: ParameterKeyword {
        switch (first, second) {
        case (0x5349_5A45_0000_0000, 0): return .size  // SIZE
        case (0x424F_4459_0000_0000, 0): return .body  // BODY
        case (0x534D_5450_5554_4638, 0): return .smtpUTF8  // SMTPUTF8
        case (0x4155_5448_0000_0000, 0): return .auth  // AUTH
        case (0x5245_5400_0000_0000, 0): return .ret  // RET
        case (0x454E_5649_4400_0000, 0): return .envid  // ENVID
        case (0x4E4F_5449_4659_0000, 0): return .notify  // NOTIFY
        case (0x4F52_4350_5400_0000, 0): return .orcpt  // ORCPT
        case (0x4259_0000_0000_0000, 0): return .by  // BY
        case (0x484F_4C44_464F_5200, 0): return .holdFor  // HOLDFOR
        case (0x484F_4C44_554E_5449, 0x4C00_0000_0000_0000): return .holdUntil  // HOLDUNTIL
        case (0x5245_5155_4952_4554, 0x4C53_0000_0000_0000): return .requireTLS  // REQUIRETLS
        case (0x4D54_2D50_5249_4F52, 0x4954_5900_0000_0000): return .mtPriority  // MT-PRIORITY
        default: return .unknown
        }
    }

    /// The value of `BODY`.
    var body: ParameterValues.Body {
        switch (first, second) {
        case (0x3742_4954_0000_0000, 0): return .sevenBit  // 7BIT
        case (0x3842_4954_4D49_4D45, 0): return .eightBitMIME  // 8BITMIME
        case (0x4249_4E41_5259_4D49, 0x4D45_0000_0000_0000): return .binaryMIME  // BINARYMIME
        default: return .absent
        }
    }

    /// The value of `RET`.
    var ret: ParameterValues.Return {
        switch (first, second) {
        case (0x4655_4C4C_0000_0000, 0): return .full  // FULL
        case (0x4844_5253_0000_0000, 0): return .headers  // HDRS
        default: return .absent
        }
    }

    /// One element of `NOTIFY`.
    var notify: ParameterValues.Notify {
        switch (first, second) {
        case (0x4E45_5645_5200_0000, 0): return .never  // NEVER
        case (0x5355_4343_4553_5300, 0): return .success  // SUCCESS
        case (0x4641_494C_5552_4500, 0): return .failure  // FAILURE
        case (0x4445_4C41_5900_0000, 0): return .delay  // DELAY
        default: return []
        }
    }

    /// `FROM` or `TO`, `LAST`, `IPv6`.
    var isFrom: Bool { first == 0x4652_4F4D_0000_0000 && second == 0 }
    var isTo: Bool { first == 0x544F_0000_0000_0000 && second == 0 }
    var isLast: Bool { first == 0x4C41_5354_0000_0000 && second == 0 }
    var isIPv6: Bool { first == 0x4950_5636_0000_0000 && second == 0 }
}
