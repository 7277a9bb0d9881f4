import NIOCore
import SMTPAntivirus

/// A request to a scanner and its answer, without input and output: octets come in and go out in any pieces.
protocol ScannerExchange: Sendable {
    /// What it has come to; `nil` as long as it goes on.
    var outcome: ScannerOutcome? { get }

    /// The next octets to send, ``ScannerOutcome/pieceSize`` at most; `nil` if there is nothing to send now.
    mutating func nextOutput() -> ByteBuffer?

    /// Takes what the server has sent. Octets after the end of the answer spoil it.
    mutating func receive(_ input: ByteBuffer)

    /// The connection is gone, or the time is up: there will be an outcome at once.
    mutating func end(_ reason: UnscannedReason)
}
