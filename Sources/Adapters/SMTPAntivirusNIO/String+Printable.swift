extension String {
    /// What a server has written, for logs and verdicts: printable ASCII, a question mark for anything else, and 100 characters at most.
    init(printable octets: some Sequence<UInt8>) {
        let shown = octets.prefix(101).map { (0x20...0x7E).contains($0) ? $0 : 0x3F }
        self.init(decoding: shown.count > 100 ? shown.prefix(97) + [0x2E, 0x2E, 0x2E] : shown[...], as: UTF8.self)
    }
}
