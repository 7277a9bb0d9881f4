/// What decodes the body of a part.
enum BodyDecoder: Sendable {
    case identity(TransferEncoding)
    case base64(Base64Decoder)
    case quotedPrintable(QuotedPrintableDecoder)

    init(_ encoding: TransferEncoding) {
        switch encoding {
        case .sevenBit, .eightBit, .binary, .uuencode: self = .identity(encoding)
        case .base64: self = .base64(Base64Decoder())
        case .quotedPrintable: self = .quotedPrintable(QuotedPrintableDecoder())
        }
    }

    var encoding: TransferEncoding {
        switch self {
        case .identity(let encoding): encoding
        case .base64: .base64
        case .quotedPrintable: .quotedPrintable
        }
    }

    var anomalies: Anomalies {
        switch self {
        case .identity: Anomalies()
        case .base64(let decoder): decoder.anomalies
        case .quotedPrintable(let decoder): decoder.anomalies
        }
    }

    /// Decodes; what stands there as it is, is not copied, but handed on.
    mutating func decode(
        _ input: Span<UInt8>, at offset: Int, into output: inout DecodedOctets, _ emit: (MessageEvent) -> Void
    ) {
        output.removeAll()
        switch self {
        case .identity(let encoding): return emit(.content(input, encoding))
        case .base64(var decoder):
            decoder.decode(input, at: offset, into: &output)
            self = .base64(decoder)
        case .quotedPrintable(var decoder):
            decoder.decode(input, at: offset, into: &output)
            self = .quotedPrintable(decoder)
        }
        if output.count > 0 { emit(.content(output.span, encoding)) }
    }

    /// The body has ended.
    mutating func finish(at offset: Int, into output: inout DecodedOctets, _ emit: (MessageEvent) -> Void) {
        output.removeAll()
        switch self {
        case .identity: return
        case .base64(var decoder):
            decoder.finish(at: offset, into: &output)
            self = .base64(decoder)
        case .quotedPrintable(var decoder):
            decoder.finish(at: offset, into: &output)
            self = .quotedPrintable(decoder)
        }
        if output.count > 0 { emit(.content(output.span, encoding)) }
    }
}
