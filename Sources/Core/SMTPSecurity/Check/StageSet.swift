/// The points of a session at which a check wants to be asked.
@frozen
public struct StageSet: OptionSet, Sendable, Hashable, BitwiseCopyable {
    /// The bits.
    public let rawValue: UInt16

    /// The set with these bits.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A client has connected; nothing was sent yet.
    public static let connection = StageSet(rawValue: 1 << 0)
    /// `HELO`, `EHLO` or `LHLO`.
    public static let greeting = StageSet(rawValue: 1 << 1)
    /// `MAIL` and its historical relatives `SEND`, `SOML`, `SAML`.
    public static let sender = StageSet(rawValue: 1 << 2)
    /// `RCPT`.
    public static let recipient = StageSet(rawValue: 1 << 3)
    /// `DATA` or the first `BDAT` of a message.
    public static let data = StageSet(rawValue: 1 << 4)
    /// Every other command.
    public static let otherCommand = StageSet(rawValue: 1 << 5)
    /// A reply on its way to the client.
    public static let reply = StageSet(rawValue: 1 << 6)
    /// Message content as it arrives, in pieces of any size.
    public static let content = StageSet(rawValue: 1 << 7)
    /// A whole message, before any of it goes on. A pipeline with a check at this stage makes the adapter keep messages until
    /// they are complete.
    public static let message = StageSet(rawValue: 1 << 8)
    /// Something that the protocol does not allow.
    public static let fault = StageSet(rawValue: 1 << 9)
    /// The session has ended.
    public static let disconnection = StageSet(rawValue: 1 << 10)

    /// Every command.
    public static let commands: StageSet = [.greeting, .sender, .recipient, .data, .otherCommand]
    /// Every stage.
    public static let all: StageSet = [
        .connection, .commands, .reply, .content, .message, .fault, .disconnection,
    ]

    /// The stage that a command belongs to.
    @inlinable
    public static func stage(of verb: Verb) -> StageSet {
        switch verb {
        case .helo, .ehlo, .lhlo: .greeting
        case .mail, .send, .soml, .saml: .sender
        case .rcpt: .recipient
        case .data, .bdat: .data
        case .rset, .noop, .quit, .vrfy, .expn, .help, .etrn, .turn, .atrn, .startTLS, .auth, .xclient, .xforward,
            .burl,
            .unknown:
            .otherCommand
        }
    }
}
