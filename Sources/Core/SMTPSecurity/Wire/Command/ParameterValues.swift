/// Typed values of the parameters with a small closed grammar.
@frozen
public struct ParameterValues: Sendable, Hashable, BitwiseCopyable {
    /// `BODY=` (RFC 6152, RFC 3030).
    @frozen
    public enum Body: UInt8, Sendable, Hashable {
        /// No parameter.
        case absent
        /// `7BIT`.
        case sevenBit
        /// `8BITMIME`.
        case eightBitMIME
        /// `BINARYMIME`.
        case binaryMIME
    }

    /// `RET=` (RFC 3461 §4.3).
    @frozen
    public enum Return: UInt8, Sendable, Hashable {
        /// No parameter.
        case absent
        /// `FULL`.
        case full
        /// `HDRS`.
        case headers
    }

    /// `NOTIFY=` (RFC 3461 §4.1).
    @frozen
    public struct Notify: OptionSet, Sendable, Hashable, BitwiseCopyable {
        /// The bits.
        public let rawValue: UInt8

        /// The set with these bits.
        @inlinable
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// `NEVER`, which stands alone.
        public static let never = Notify(rawValue: 1)
        /// `SUCCESS`.
        public static let success = Notify(rawValue: 2)
        /// `FAILURE`.
        public static let failure = Notify(rawValue: 4)
        /// `DELAY`.
        public static let delay = Notify(rawValue: 8)
    }

    /// `BODY=`.
    public var body: Body
    /// `RET=`.
    public var ret: Return
    /// `NOTIFY=`; empty where absent.
    public var notify: Notify
    /// `SMTPUTF8` is present.
    public var smtpUTF8: Bool
    /// `REQUIRETLS` is present.
    public var requireTLS: Bool
    /// `MT-PRIORITY=`, −9 to 9; 0 where absent, which is also its default (RFC 6710 §3).
    public var mtPriority: Int8

    /// Nothing given.
    @inlinable
    public init() {
        self.body = .absent
        self.ret = .absent
        self.notify = []
        self.smtpUTF8 = false
        self.requireTLS = false
        self.mtPriority = 0
    }
}
