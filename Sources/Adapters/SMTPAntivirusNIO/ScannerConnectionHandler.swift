import NIOCore
import SMTPAntivirus

/// Drives exchanges on a connection to a scanner, one after the other.
///
/// It writes as much as the connection takes, and stops once there is an answer. A connection without an exchange is closed after a time, and at once if
/// the server sends something.
final class ScannerConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// An exchange that goes on.
    private struct Running {
        let number: Int
        var exchange: any ScannerExchange
        let continuation: CheckedContinuation<ScannerConnectionEnd, Never>
        var hasAnswer = false
    }

    /// How many pieces are written before others on the same event loop get their turn.
    private static let piecesAtOnce = 16

    private let idleTime: TimeAmount
    private var context: ChannelHandlerContext?
    private var running: Running?
    private var cancelledNumber = 0
    private var problem: String?
    private var isPumping = false
    private var idleTask: Scheduled<Void>?

    init(idleTime: TimeAmount) {
        self.idleTime = idleTime
    }

    // MARK: Exchanges

    /// Begins an exchange. The numbers of a connection's exchanges count up from 1.
    func start(
        _ exchange: any ScannerExchange, number: Int,
        _ continuation: CheckedContinuation<ScannerConnectionEnd, Never>
    ) {
        idleTask?.cancel()
        idleTask = nil
        var running = Running(number: number, exchange: exchange, continuation: continuation)
        guard let context, context.channel.isActive, cancelledNumber < number else {
            running.exchange.end(cancelledNumber < number ? .unavailable("the connection is closed") : .deadline)
            self.running = running
            finish()
            return
        }
        self.running = running
        pump()
    }

    /// Nobody waits for the exchange of this number any more.
    func cancel(_ number: Int) {
        cancelledNumber = max(cancelledNumber, number)
        guard running?.number == number else { return }
        running?.exchange.end(.deadline)
        finish()
    }

    private func pump() {
        guard !isPumping else { return }
        isPumping = true
        defer { isPumping = false }
        var pieces = 0
        while let context, context.channel.isWritable, running?.exchange.outcome == nil,
            let piece = running?.exchange.nextOutput()
        {
            context.writeAndFlush(wrapOutboundOut(piece), promise: nil)
            pieces += 1
            if pieces == Self.piecesAtOnce {
                context.eventLoop.assumeIsolated().execute { self.pump() }
                return
            }
        }
    }

    /// Ends the exchange if it has an outcome.
    private func finish() {
        guard let running, let outcome = running.exchange.outcome else { return }
        self.running = nil
        if let context, outcome.isReusable, context.channel.isActive {
            idleTask = context.eventLoop.assumeIsolated().scheduleTask(in: idleTime) {
                self.context?.close(promise: nil)
            }
        } else {
            context?.close(promise: nil)
        }
        running.continuation.resume(
            returning: ScannerConnectionEnd(outcome: outcome, isWithoutAnswer: !running.hasAnswer))
    }

    // MARK: Channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connectionEnded()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let input = unwrapInboundIn(data)
        guard running != nil else {
            // Nothing was asked.
            context.close(promise: nil)
            return
        }
        running?.hasAnswer = true
        running?.exchange.receive(input)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        finish()
        pump()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        pump()
    }

    func channelInactive(context: ChannelHandlerContext) {
        connectionEnded()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        problem = String(printable: "\(error)".utf8)
        context.close(promise: nil)
    }

    private func connectionEnded() {
        idleTask?.cancel()
        idleTask = nil
        running?.exchange.end(.unavailable(problem ?? "the server has closed the connection"))
        finish()
    }
}
