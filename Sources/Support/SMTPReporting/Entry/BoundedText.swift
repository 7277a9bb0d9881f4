extension String {
    /// The text, or its beginning and an ellipsis where it is longer than so many octets of UTF-8.
    ///
    /// What comes out is never longer than `maximum`, so that cutting it again changes nothing.
    ///
    /// - Parameter maximum: octets; at least 3, which the ellipsis takes.
    func bounded(to maximum: Int) -> String {
        guard utf8.count > maximum else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: max(0, maximum - 3))
        // Not inside of a character's octets.
        while end > utf8.startIndex, utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
        return String(self[..<end]) + "…"
    }
}
