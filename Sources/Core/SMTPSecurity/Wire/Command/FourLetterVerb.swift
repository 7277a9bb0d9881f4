/// The verbs of four letters, which is nearly all of them, found without a branch for each.
enum FourLetterVerb {
    /// The verb of four octets in upper case, the first one most significant; `unknown` if there is none.
    @inline(always)
    static func verb(_ word: UInt32) -> Verb {
        // This factor gives each of them a place of its own: its five highest bits of the product.
        let place = Int((word &* 0xC2793AB3) >> 27)
        return words[place] == word ? verbs[place] : .unknown
    }

    private static let words: [32 of UInt32] = [
        0x00000000, 0x4D41494C, 0x00000000, 0x00000000, 0x53414D4C, 0x48454C4F,
        0x4255524C, 0x00000000, 0x00000000, 0x5455524E, 0x42444154, 0x534F4D4C,
        0x52435054, 0x41555448, 0x53454E44, 0x00000000, 0x51554954, 0x4558504E,
        0x4554524E, 0x44415441, 0x4C484C4F, 0x00000000, 0x56524659, 0x00000000,
        0x45484C4F, 0x4154524E, 0x4E4F4F50, 0x52534554, 0x00000000, 0x48454C50,
        0x00000000, 0x00000000,
    ]

    private static let verbs: [32 of Verb] = [
        .unknown, .mail, .unknown, .unknown, .saml, .helo, .burl, .unknown,
        .unknown, .turn, .bdat, .soml, .rcpt, .auth, .send, .unknown,
        .quit, .expn, .etrn, .data, .lhlo, .unknown, .vrfy, .unknown,
        .ehlo, .atrn, .noop, .rset, .unknown, .help, .unknown, .unknown,
    ]
}
