/// A message that is being received.
struct MessageReception: Sendable, Hashable {
    /// How its end shows.
    enum Framing: Sendable, Hashable {
        /// CRLF "." CRLF.
        case data
        /// Octets are counted.
        case chunk(isLast: Bool)
    }

    /// How its end shows.
    var framing: Framing
    /// It is refused, see ``SessionEngine/refusal``; what arrives is dropped.
    var isRefused = false
    /// The end of the message, or of the chunk, was reached.
    var isComplete = false
    /// The application has heard of the message.
    var isHandedOver = false
    /// The session ends after the refusal.
    var closesSession = false
    /// A chunk of no octets: complete without any input.
    var isEmptyChunk = false

    init(framing: Framing) {
        self.framing = framing
    }
}
