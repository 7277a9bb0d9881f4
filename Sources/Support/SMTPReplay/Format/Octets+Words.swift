extension [UInt8] {
    /// Appends a number, least significant octet first.
    mutating func append(word: some FixedWidthInteger & UnsignedInteger) {
        for shift in stride(from: 0, to: word.bitWidth, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    /// The number at an index, least significant octet first. The array has to be long enough.
    func word<Word: FixedWidthInteger & UnsignedInteger>(at index: Int) -> Word {
        var value: Word = 0
        for offset in (0..<Word.bitWidth / 8).reversed() { value = value << 8 | Word(self[index + offset]) }
        return value
    }
}
