/// A reply to a command: a code, perhaps an enhanced status code, and lines of text (RFC 5321 §4.2, RFC 2034).
public struct Reply: Sendable, Hashable {
    /// What the first digit of a code says (RFC 5321 §4.2.1).
    @frozen
    public enum Severity: UInt8, Sendable, Hashable {
        /// 2yz: done.
        case success = 2
        /// 3yz: go on, more is needed.
        case intermediate = 3
        /// 4yz: not now, try again.
        case transientFailure = 4
        /// 5yz: no.
        case permanentFailure = 5
    }

    /// The three-digit code, 200 to 599.
    public var code: UInt16
    /// The enhanced status code; the serialiser puts it at the start of every line (RFC 2034 §4).
    public var enhancedStatus: EnhancedStatusCode?
    /// The first line, which is the only one of nearly all replies: they need no array.
    var firstLine: String
    /// The lines after the first.
    var moreLines: [String]

    /// The text lines without code, enhanced code or line ends. Never empty; a single empty line is a bare code.
    public var lines: [String] {
        get { [firstLine] + moreLines }
        set {
            firstLine = newValue.first ?? ""
            moreLines = Array(newValue.dropFirst())
        }
    }

    /// A reply.
    ///
    /// - Parameters:
    ///   - code: the three-digit code.
    ///   - enhancedStatus: the enhanced status code, `nil` for greetings, `EHLO` replies and 3yz.
    ///   - lines: the text; an empty array means one empty line.
    public init(_ code: UInt16, _ enhancedStatus: EnhancedStatusCode? = nil, lines: [String]) {
        self.code = code
        self.enhancedStatus = enhancedStatus
        self.firstLine = lines.first ?? ""
        self.moreLines = lines.count > 1 ? Array(lines.dropFirst()) : []
    }

    /// A reply of one line.
    public init(_ code: UInt16, _ enhancedStatus: EnhancedStatusCode?, _ text: String) {
        self.code = code
        self.enhancedStatus = enhancedStatus
        self.firstLine = text
        self.moreLines = []
    }

    /// A reply of one line without an enhanced status code.
    public init(_ code: UInt16, _ text: String) {
        self.init(code, nil, text)
    }

    /// What the first digit says; anything outside 2 to 4 counts as a permanent failure.
    public var severity: Severity {
        switch code {
        case 200..<300: .success
        case 300..<400: .intermediate
        case 400..<500: .transientFailure
        default: .permanentFailure
        }
    }

    /// Whether the command succeeded: 2yz.
    public var isPositive: Bool { severity == .success }
}
