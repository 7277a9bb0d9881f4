/// A file that stands in a text, between a line that begins it and one that ends it.
enum EmbeddedFile: Sendable {
    case uuencode(UuencodeDecoder)
    case yEnc(YEncDecoder)

    var kind: MessagePart.Kind {
        switch self {
        case .uuencode: .uuencoded
        case .yEnc: .yEncoded
        }
    }

    var encoding: TransferEncoding {
        switch self {
        case .uuencode: .uuencode
        case .yEnc: .binary
        }
    }

    /// What was unusual.
    var anomalies: Anomalies {
        switch self {
        case .uuencode(let decoder): decoder.anomalies
        case .yEnc(let decoder): decoder.anomalies
        }
    }

    /// Decodes octets between the first and the last line.
    mutating func decode(_ input: Span<UInt8>, at offset: Int, into output: inout DecodedOctets) {
        switch self {
        case .uuencode(var decoder):
            for index in 0..<input.count { decoder.decode(input[index], at: offset + index, into: &output) }
            self = .uuencode(decoder)
        case .yEnc(var decoder):
            for index in 0..<input.count { decoder.decode(input[index], into: &output) }
            self = .yEnc(decoder)
        }
    }

    /// The text ends before the file does.
    mutating func truncate(at offset: Int, into output: inout DecodedOctets) {
        switch self {
        case .uuencode(var decoder):
            decoder.truncate(at: offset, into: &output)
            self = .uuencode(decoder)
        case .yEnc(var decoder):
            decoder.truncate(at: offset)
            self = .yEnc(decoder)
        }
    }

    /// Whether a line, without its end, ends the file.
    func isEnd(_ line: Span<UInt8>) -> Bool {
        switch self {
        case .uuencode: UuencodeDecoder.isEnd(line)
        case .yEnc: YEncDecoder.isEnd(line)
        }
    }

    /// What a line, without its end, begins.
    ///
    /// - Returns: the file and its name; `nil` if it begins none.
    static func begun(by line: Span<UInt8>) -> (file: EmbeddedFile, name: [UInt8])? {
        if let name = UuencodeDecoder.name(in: line) { return (.uuencode(UuencodeDecoder()), name) }
        if let name = YEncDecoder.name(in: line) { return (.yEnc(YEncDecoder()), name) }
        return nil
    }
}
