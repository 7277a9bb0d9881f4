import NIOCore

/// A connection to a scanner.
struct ScannerConnection: Sendable {
    /// What tells it from others of the same pool.
    let identifier: Int
    let channel: any Channel
    private let handler: NIOLoopBound<ScannerConnectionHandler>
    /// How many exchanges it has had.
    private(set) var exchangeCount = 0

    init(identifier: Int, channel: any Channel, handler: NIOLoopBound<ScannerConnectionHandler>) {
        self.identifier = identifier
        self.channel = channel
        self.handler = handler
    }

    /// Has an exchange. It ends at once, and with it the connection, if the task is cancelled.
    mutating func run(_ exchange: any ScannerExchange) async -> ScannerConnectionEnd {
        exchangeCount += 1
        let number = exchangeCount
        let (loop, handler) = (channel.eventLoop, handler)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.execute { handler.value.start(exchange, number: number, continuation) }
            }
        } onCancel: {
            loop.execute { handler.value.cancel(number) }
        }
    }
}
