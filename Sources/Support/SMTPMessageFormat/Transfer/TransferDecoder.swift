/// Decodes a body as it comes (RFC 2045 §6): the same octets and anomalies however it is cut into pieces.
public protocol TransferDecoder: Sendable {
    /// What was unusual.
    var anomalies: Anomalies { get }

    /// A decoder at the beginning of a body.
    init()

    /// Decodes octets.
    ///
    /// - Parameters:
    ///   - input: what comes next.
    ///   - offset: where in the message it begins.
    ///   - output: gets the decoded octets.
    mutating func decode(_ input: Span<UInt8>, at offset: Int, into output: inout DecodedOctets)

    /// Ends the body.
    ///
    /// - Parameters:
    ///   - offset: where in the message it ends.
    ///   - output: gets what was held back.
    mutating func finish(at offset: Int, into output: inout DecodedOctets)
}
