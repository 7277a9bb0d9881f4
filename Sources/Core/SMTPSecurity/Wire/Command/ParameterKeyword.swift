/// The ESMTP parameters whose value grammar this library checks.
@frozen
public enum ParameterKeyword: UInt8, Sendable, Hashable, CaseIterable {
    /// `SIZE` (RFC 1870).
    case size
    /// `BODY` (RFC 6152, RFC 3030).
    case body
    /// `SMTPUTF8` (RFC 6531).
    case smtpUTF8
    /// `AUTH` (RFC 4954 §5).
    case auth
    /// `RET` (RFC 3461 §4.3).
    case ret
    /// `ENVID` (RFC 3461 §4.4).
    case envid
    /// `NOTIFY` (RFC 3461 §4.1).
    case notify
    /// `ORCPT` (RFC 3461 §4.2).
    case orcpt
    /// `REQUIRETLS` (RFC 8689).
    case requireTLS
    /// `MT-PRIORITY` (RFC 6710).
    case mtPriority
    /// `HOLDFOR` (RFC 4865).
    case holdFor
    /// `HOLDUNTIL` (RFC 4865).
    case holdUntil
    /// `BY` (RFC 2852).
    case by
    /// Any other well-formed keyword.
    case unknown
}
