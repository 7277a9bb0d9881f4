/// What a ``MessageWalker`` comes across, in order.
///
/// The fields of a part come before the part itself: what they say makes it. Content belongs to the innermost part that has begun and not
/// ended. For a multipart that is what stands before its first and behind its last part.
public enum MessageEvent: ~Escapable {
    /// A field of a header section.
    case field(HeaderField)
    /// The header section of a part has ended.
    case begin(MessagePart)
    /// Decoded octets of a part, in pieces of any size.
    ///
    /// A part with several encodings has each piece once for each.
    case content(Span<UInt8>, TransferEncoding)
    /// Something that known parsers read differently, the first of its kind in a part. Those of a body come at the end of its part.
    case anomaly(Anomaly, PartPath)
    /// A part has ended.
    case end(PartPath)
    /// The message has ended, after so many octets.
    case messageEnd(Int)
}
