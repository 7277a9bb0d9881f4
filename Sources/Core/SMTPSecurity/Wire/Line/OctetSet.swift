/// The octets that a token may be made of: ``OctetClass`` for sixteen octets at a time. Octets above 127 are in none of them.
protocol OctetSet {
    /// The lanes that are not in the set.
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector
    /// Whether one octet is in the set.
    static func contains(_ octet: UInt8) -> Bool
}

/// `esmtp-value` (RFC 5321 §4.1.2).
enum ParameterValueSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        block.isOutside(0x21, 0x7E) | block.equals(0x3D)
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { octet < 0x80 && OctetClass.contains(octet, OctetClass.value) }
}

/// `esmtp-keyword` after its first octet (RFC 5321 §4.1.2).
enum ParameterKeywordSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        OctetBlock.both(block.isNotAlphanumeric, block.isOutside(0x2D, 0x2D))
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { octet != 0x5F && OctetClass.contains(octet, OctetClass.keyword) }
}

/// The base64 alphabet without padding (RFC 4648 §4).
enum Base64Set: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        OctetBlock.both(
            block.isNotAlphanumeric, OctetBlock.both(block.isOutside(0x2B, 0x2B), block.isOutside(0x2F, 0x2F)))
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { OctetClass.contains(octet, OctetClass.base64) }
}

/// `xchar`: what stands for itself in xtext (RFC 3461 §4).
enum XCharSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        block.isOutside(0x21, 0x7E) | block.equals(0x2B) | block.equals(0x3D)
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { OctetClass.contains(octet, OctetClass.xchar) }
}

/// Printable ASCII and spaces.
enum PrintableSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector { block.isOutside(0x20, 0x7E) }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { octet &- 0x20 < 0x5F }
}

/// `dcontent` of an address literal (RFC 5321 §4.1.3).
enum LiteralContentSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        block.isOutside(0x21, 0x7E) | block.isWithin(0x5B, 0x5D)
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { octet < 0x80 && OctetClass.contains(octet, OctetClass.dcontent) }
}

/// `qtextSMTP` (RFC 5321 §4.1.2).
enum QuotedTextSet: OctetSet {
    @inline(always)
    static func foreign(_ block: OctetBlock) -> OctetBlock.Vector {
        block.isOutside(0x20, 0x7E) | block.equals(0x22) | block.equals(0x5C)
    }

    @inline(always)
    static func contains(_ octet: UInt8) -> Bool { octet < 0x80 && OctetClass.contains(octet, OctetClass.qtext) }
}
