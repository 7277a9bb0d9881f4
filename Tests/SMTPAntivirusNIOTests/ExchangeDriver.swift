import NIOCore
import SMTPAntivirus

@testable import SMTPAntivirusNIO

/// Has an exchange without a connection.
struct ExchangeDriver {
    var exchange: any ScannerExchange
    /// What was sent.
    private(set) var sent: [UInt8] = []
    /// The sizes of the pieces in which it was sent.
    private(set) var pieces: [Int] = []

    init(_ exchange: any ScannerExchange) {
        self.exchange = exchange
        send()
    }

    /// What it has come to.
    var outcome: ScannerOutcome? { exchange.outcome }

    /// What that means for the sample.
    var verdict: ScanVerdict? { exchange.outcome?.reply.scanVerdict }

    /// Takes what there is to send.
    mutating func send() {
        while let piece = exchange.nextOutput() {
            pieces.append(piece.readableBytes)
            sent += piece.readableBytesView
        }
    }

    /// Gives it input, and takes what there is to send then.
    mutating func receive(_ input: some Sequence<UInt8>) {
        exchange.receive(ByteBuffer(bytes: input))
        send()
    }

    /// The outcomes of the exchange when the parts of the answer come in one piece, cut once at every place, and octet by octet. Each part is the answer
    /// to what was sent after the one before.
    static func outcomes(of exchange: any ScannerExchange, for parts: [[UInt8]]) -> [ScannerOutcome?] {
        var outcomes: [ScannerOutcome?] = []
        for (index, part) in parts.enumerated() {
            for cut in 0...part.count {
                var driver = ExchangeDriver(exchange)
                for before in parts[..<index] { driver.receive(before) }
                driver.receive(part[..<cut])
                if cut < part.count { driver.receive(part[cut...]) }
                for after in parts[(index + 1)...] { driver.receive(after) }
                outcomes.append(driver.outcome)
            }
        }
        var driver = ExchangeDriver(exchange)
        for octet in parts.joined() { driver.receive([octet]) }
        outcomes.append(driver.outcome)
        return outcomes
    }
}
