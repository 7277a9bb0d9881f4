/// Where decoders write: a buffer that keeps its memory when it is emptied.
public struct DecodedOctets: Sendable {
    private var storage: [UInt8] = []
    private var filled = 0

    /// An empty one.
    public init() {}

    /// How many octets there are.
    public var count: Int { filled }

    /// The octets.
    public var octets: [UInt8] { Array(storage[..<filled]) }

    /// Borrows the octets.
    public var span: Span<UInt8> {
        @_lifetime(borrow self) get { storage.span.extracting(first: filled) }
    }

    /// Forgets the octets, not the memory.
    public mutating func removeAll() { filled = 0 }

    /// Makes room for so many octets more.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if storage.count - filled < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        let wanted = max(filled + more, storage.count * 2, 1_024)
        storage.append(contentsOf: repeatElement(0, count: wanted - storage.count))
    }

    /// Adds an octet.
    @inline(__always)
    public mutating func append(_ octet: UInt8) {
        reserve(1)
        storage[filled] = octet
        filled &+= 1
    }

    /// Adds octets.
    public mutating func append(_ octets: Span<UInt8>) {
        guard !octets.isEmpty else { return }
        reserve(octets.count)
        // Proof: there is room for them, and both buffers live as long as the calls.
        unsafe storage.withUnsafeMutableBufferPointer { room in
            unsafe octets.withUnsafeBufferPointer { source in
                _ = unsafe room.extracting(filled...).update(fromContentsOf: source)
            }
        }
        filled &+= octets.count
    }

    /// Lets octets be written, and keeps as many as the closure says.
    ///
    /// - Parameters:
    ///   - most: how many can be written.
    ///   - body: gets where to write.
    @inline(__always)
    mutating func write(upTo most: Int, _ body: (UnsafeMutableRawPointer) -> Int) {
        reserve(most)
        // Proof: there is room for as many behind what is filled; an empty room is not entered.
        let written = unsafe storage.withUnsafeMutableBytes { room in
            unsafe room.baseAddress.map { unsafe body($0 + filled) } ?? 0
        }
        precondition(written >= 0 && written <= most)
        filled &+= written
    }
}
