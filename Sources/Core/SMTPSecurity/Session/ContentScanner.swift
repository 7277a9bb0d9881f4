/// What reads the message in progress, which comes as lines or in chunks.
enum ContentScanner: Sendable {
    /// After `DATA`.
    case lines(DataScanner)
    /// After `BDAT`.
    case chunks(ChunkScanner)

    /// Whether the end of the data, or of the chunk, was read.
    var isComplete: Bool {
        switch self {
        case .lines(let scanner): scanner.isComplete
        case .chunks(let scanner): scanner.isChunkComplete
        }
    }

    /// What was wrong so far.
    var faults: DataFaults {
        switch self {
        case .lines(let scanner): scanner.faults
        case .chunks(let scanner): scanner.faults
        }
    }

    /// Takes input, no more than belongs to the data or to the chunk.
    ///
    /// - Returns: octets consumed.
    mutating func consume(_ input: Span<UInt8>, into content: inout [UInt8]) -> Int {
        switch self {
        case .lines(var scanner):
            let consumed = scanner.consume(input, into: &content)
            self = .lines(scanner)
            return consumed
        case .chunks(var scanner):
            let consumed = scanner.consume(input, into: &content)
            self = .chunks(scanner)
            return consumed
        }
    }

    /// One more chunk of the message begins, or the first one of another message.
    mutating func beginChunk(size: UInt64) {
        guard case .chunks(var scanner) = self else { return }
        scanner.begin(size: size)
        self = .chunks(scanner)
    }

    /// The last chunk has ended.
    mutating func finishChunks(into content: inout [UInt8]) {
        guard case .chunks(var scanner) = self else { return }
        scanner.finish(into: &content)
        self = .chunks(scanner)
    }
}
