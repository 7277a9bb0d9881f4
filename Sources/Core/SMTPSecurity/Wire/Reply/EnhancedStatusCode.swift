/// An enhanced mail system status code, `class.subject.detail` (RFC 3463).
@frozen
public struct EnhancedStatusCode: Sendable, Hashable, BitwiseCopyable, CustomStringConvertible {
    /// 2 success, 4 persistent transient failure, 5 permanent failure.
    public var statusClass: UInt8
    /// What the status is about, 0 to 999.
    public var subject: UInt16
    /// The detail, 0 to 999.
    public var detail: UInt16

    /// The code `statusClass.subject.detail`.
    @inlinable
    public init(_ statusClass: UInt8, _ subject: UInt16, _ detail: UInt16) {
        self.statusClass = statusClass
        self.subject = subject
        self.detail = detail
    }

    /// The code as written in a reply.
    public var description: String { "\(statusClass).\(subject).\(detail)" }
}
