/// How an exchange has ended on a connection.
struct ScannerConnectionEnd: Sendable {
    /// What it has come to.
    let outcome: ScannerOutcome
    /// Whether the connection was gone before there was anything of an answer.
    let isWithoutAnswer: Bool
}
