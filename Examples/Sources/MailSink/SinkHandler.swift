import NIOCore
import NIOPosix
import SMTPSecurity
import SMTPSecurityNIO

/// Answers commands and collects messages: a mail server on ``SMTPServerHandler`` in one screen.
final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = SMTPServerEvent
    typealias OutboundOut = Reply

    private let folder: Maildir
    private let replies: [String: Reply]
    private var sender = ""
    private var recipients: [String] = []
    private var message: [UInt8] = []

    init(folder: Maildir, replies: [String: Reply]) {
        self.folder = folder
        self.replies = replies
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .command(let command): answer(command, context)
        case .authenticationResponse: reply(Reply(501, EnhancedStatusCode(5, 7, 0), "No authentication here"), context)
        case .content(let octets): message += octets
        case .abortMessage: message = []
        case .endOfMessage: deliver(context)
        }
    }

    private func answer(_ command: OwnedCommand, _ context: ChannelHandlerContext) {
        switch command.verb {
        case .ehlo:
            reply(
                Reply(250, lines: ["mail-sink", "SIZE 0", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"]),
                context)
        case .helo:
            reset()
            reply(Reply(250, "mail-sink"), context)
        case .mail:
            reset()
            sender = command.address
            reply(Reply(250, EnhancedStatusCode(2, 1, 0), "OK"), context)
        case .rcpt:
            let answer = replies[command.address.lowercased()] ?? Reply(250, EnhancedStatusCode(2, 1, 5), "OK")
            if answer.isPositive { recipients.append(command.address) }
            reply(answer, context)
        case .data, .bdat:
            message = []
            reply(Reply(354, "Go ahead"), context)
        case .rset:
            reset()
            reply(Reply(250, EnhancedStatusCode(2, 0, 0), "OK"), context)
        case .vrfy, .expn:
            reply(Reply(252, EnhancedStatusCode(2, 5, 2), "Send some mail, I will try my best"), context)
        default:
            reply(Reply(502, EnhancedStatusCode(5, 5, 1), "Not implemented"), context)
        }
    }

    private func deliver(_ context: ChannelHandlerContext) {
        let header = ["Return-Path: <\(sender)>"] + recipients.map { "X-Original-To: \($0)" }
        let octets = Array(header.joined(separator: "\r\n").utf8) + [13, 10] + message
        let folder = folder
        reset()
        NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) { try folder.deliver(octets) }
            .assumeIsolated()
            .whenComplete { result in
                switch result {
                case .success(let name):
                    self.reply(Reply(250, EnhancedStatusCode(2, 0, 0), "Kept as \(name)"), context)
                case .failure:
                    self.reply(Reply(452, EnhancedStatusCode(4, 3, 1), "Cannot write"), context)
                }
            }
    }

    private func reset() {
        sender = ""
        recipients = []
        message = []
    }

    private func reply(_ reply: Reply, _ context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(reply), promise: nil)
    }
}
