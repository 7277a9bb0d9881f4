/// The numbers of a recording's format. `DocsSource/Replay.md` has it octet by octet.
enum RecordingFormat {
    /// What a file begins with.
    static let magic = Array("SMTPREC\n".utf8)
    /// The version that is written, and the only one that is read.
    static let version: UInt16 = 1
    /// Octets of a file's header.
    static let headerSize = 32
    /// Octets of a frame before its payload.
    static let frameHeadSize = 24
    /// Octets of a frame after its payload.
    static let checksumSize = 4
    /// The most octets of a payload.
    static let mostPayload = 131_072
    /// The most octets of a client in one frame.
    static let mostClientOctets = 65_536
    /// The most octets of a reply's text, and of a command.
    static let mostText = 32_768
}
