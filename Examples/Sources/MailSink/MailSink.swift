import ArgumentParser
import Foundation
import Logging
import NIOCore
import NIOPosix
import SMTPProtocolCompliance
import SMTPSecurity
import SMTPSecurityNIO
import ServiceLifecycle
import UnixSignals

/// A mail server for tests and demonstrations: takes everything and keeps it in a Maildir.
@main
struct MailSink: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail-sink",
        abstract: "Accepts mail on loopback and keeps each message in a Maildir.",
        discussion: """
            A message is acknowledged once its file and folder have been written through to the disk. Each file begins \
            with a Return-Path field and one X-Original-To field per recipient.

            Example: mail-sink --listen 127.0.0.1:2526 --maildir /tmp/mail --reply "nobody@example.org=550 5.1.1 No such user"
            """)

    @Option(help: ArgumentHelp("Loopback address to listen on; may be repeated.", valueName: "host:port"))
    var listen: [HostPort]

    @Option(help: ArgumentHelp("The folder; tmp, new and cur are made in it.", valueName: "folder"))
    var maildir: String

    @Option(help: ArgumentHelp("The answer to RCPT for an address; may be repeated.", valueName: "address=code text"))
    var reply: [CannedReply] = []

    @Option(help: "The name in the banner and the EHLO reply.")
    var hostname = "mail-sink.localdomain"

    @Option(help: "How much to log.")
    var logLevel: Logger.Level = .notice

    func validate() throws {
        guard !listen.isEmpty else { throw ValidationError("--listen HOST:PORT is needed at least once") }
        for address in listen where !address.isLoopback {
            throw ValidationError(
                "\(address) is not a loopback address; mail-sink takes mail from anybody, so it stays there")
        }
    }

    func run() async throws {
        let level = logLevel
        LoggingSystem.bootstrap { label in
            var handler = StreamLogHandler.standardError(label: label)
            handler.logLevel = level
            return handler
        }
        let logger = Logger(label: "mail-sink")
        let folder = try Maildir(path: maildir)
        let replies = Dictionary(reply.map { ($0.address, $0.reply) }, uniquingKeysWith: { $1 })
        let name = hostname
        let pipeline = CheckPipeline(
            profile: SecurityProfile("mail-sink") {
                $0.session.hostname = name
                // What a sink is sent is the sender's affair.
                $0.session.limits.textLine = 65_536
                $0.session.limits.recipients = 10_000
                $0.session.timeouts.session = .seconds(86_400)
                $0.session.budgets.softErrors = .max
            }
        ) {
            ProtocolCompliance()
        }
        var configuration = SMTPServerConfiguration()
        configuration.logger = logger
        let server = configuration
        var listeners: [any Channel] = []
        for address in listen {
            let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 1_024)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.autoRead, value: false)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers([
                            SMTPServerHandler(pipeline: pipeline, configuration: server),
                            SinkHandler(folder: folder, replies: replies),
                        ])
                    }
                }
                .bind(host: address.host, port: address.port).get()
            listeners.append(listener)
            logger.notice(
                "listening", metadata: ["address": "\(address.host):\(listener.localAddress?.port ?? address.port)"])
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: Listening(channels: listeners))],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        try await group.run()
    }
}

/// Keeps the sockets open until the process is asked to stop.
struct Listening: Service {
    let channels: [any Channel]

    func run() async throws {
        try? await gracefulShutdown()
        for channel in channels { try? await channel.close() }
    }
}

/// `address=code text`.
struct CannedReply: ExpressibleByArgument, Sendable {
    let address: String
    let reply: Reply

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "=") else { return nil }
        let words = argument[argument.index(after: equals)...].split(separator: " ", maxSplits: 1)
        guard let code = words.first.flatMap({ UInt16($0) }), (200...599).contains(code) else { return nil }
        address = argument[..<equals].lowercased()
        reply = Reply(code, words.count > 1 ? String(words[1]) : "As configured")
    }
}

/// `host:port`, with IPv6 addresses in brackets.
struct HostPort: ExpressibleByArgument, CustomStringConvertible, Sendable {
    let host: String
    let port: Int

    init?(argument: String) {
        guard let colon = argument.lastIndex(of: ":"), let port = UInt16(argument[argument.index(after: colon)...])
        else {
            return nil
        }
        var host = argument[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        self.host = String(host)
        self.port = Int(port)
    }

    var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" || host == "localhost" }
    var description: String { "\(host):\(port)" }
}

extension Logger.Level: @retroactive ExpressibleByArgument {}
