/// What becomes of the upstream connection when the client's session is over.
public enum UpstreamFarewell: Sendable, Hashable {
    /// Close it at once: half a message must not be taken for a whole one.
    case closeNow
    /// Send the output, which is a `QUIT`, and close it after the answer, or after a moment.
    case closeAfterQuit
    /// A whole message was sent and its verdict is outstanding: the server decides, nobody is told.
    case closeAfterVerdict
}
