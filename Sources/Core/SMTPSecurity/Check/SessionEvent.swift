/// One thing that happens in a session, in either direction, as checks see it.
///
/// Events borrow: a command is a view of the line it stands in, content a view of the octets as they arrived. What a
/// check wants to keep it copies, on purpose, into its session state.
public enum SessionEvent: ~Escapable {
    /// A client has connected.
    case connection
    /// A command that parsed, at a point where the protocol has it.
    case command(CommandView)
    /// Something that the protocol does not allow.
    case fault(ProtocolFault)
    /// The server's reply to a command, before the client sees it.
    case reply(Reply, to: Verb)
    /// Message content: un-stuffed, in canonical form, in pieces of any size.
    case content(Span<UInt8>)
    /// A whole message.
    case message(MessageContent)
    /// The session has ended.
    case disconnection

    /// The stage that the event belongs to.
    public var stage: StageSet {
        switch self {
        case .connection: .connection
        case .command(let command): StageSet.stage(of: command.verb)
        case .fault: .fault
        case .reply: .reply
        case .content: .content
        case .message: .message
        case .disconnection: .disconnection
        }
    }
}
