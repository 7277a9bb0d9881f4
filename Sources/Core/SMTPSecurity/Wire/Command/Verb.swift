/// The verb of an SMTP command.
///
/// Every verb this library knows the grammar of has a case; any other well-formed verb is ``unknown``, and its
/// octets stay reachable through ``CommandView/verbText``.
@frozen
public enum Verb: UInt8, Sendable, Hashable, CaseIterable {
    /// `HELO` (RFC 5321 §4.1.1.1).
    case helo
    /// `EHLO` (RFC 5321 §4.1.1.1).
    case ehlo
    /// `LHLO`, the greeting of LMTP (RFC 2033 §4.1).
    case lhlo
    /// `MAIL FROM:` (RFC 5321 §4.1.1.2).
    case mail
    /// `RCPT TO:` (RFC 5321 §4.1.1.3).
    case rcpt
    /// `DATA` (RFC 5321 §4.1.1.4).
    case data
    /// `BDAT` (RFC 3030 §2).
    case bdat
    /// `RSET` (RFC 5321 §4.1.1.5).
    case rset
    /// `NOOP` (RFC 5321 §4.1.1.9).
    case noop
    /// `QUIT` (RFC 5321 §4.1.1.10).
    case quit
    /// `VRFY` (RFC 5321 §4.1.1.6).
    case vrfy
    /// `EXPN` (RFC 5321 §4.1.1.7).
    case expn
    /// `HELP` (RFC 5321 §4.1.1.8).
    case help
    /// `ETRN` (RFC 1985).
    case etrn
    /// `TURN` (RFC 821 §3.8, deprecated by RFC 5321 appendix F.1).
    case turn
    /// `ATRN` (RFC 2645).
    case atrn
    /// `SEND FROM:` (RFC 821 §3.4, deprecated by RFC 5321 appendix F.6).
    case send
    /// `SOML FROM:` (RFC 821 §3.4, deprecated by RFC 5321 appendix F.6).
    case soml
    /// `SAML FROM:` (RFC 821 §3.4, deprecated by RFC 5321 appendix F.6).
    case saml
    /// `STARTTLS` (RFC 3207).
    case startTLS
    /// `AUTH` (RFC 4954).
    case auth
    /// `XCLIENT` (Postfix).
    case xclient
    /// `XFORWARD` (Postfix).
    case xforward
    /// `BURL` (RFC 4468).
    case burl
    /// A well-formed verb that this library has no grammar for.
    case unknown

    /// The verb in canonical upper case; `nil` for ``unknown``.
    public var keyword: StaticString? {
        switch self {
        case .helo: "HELO"
        case .ehlo: "EHLO"
        case .lhlo: "LHLO"
        case .mail: "MAIL"
        case .rcpt: "RCPT"
        case .data: "DATA"
        case .bdat: "BDAT"
        case .rset: "RSET"
        case .noop: "NOOP"
        case .quit: "QUIT"
        case .vrfy: "VRFY"
        case .expn: "EXPN"
        case .help: "HELP"
        case .etrn: "ETRN"
        case .turn: "TURN"
        case .atrn: "ATRN"
        case .send: "SEND"
        case .soml: "SOML"
        case .saml: "SAML"
        case .startTLS: "STARTTLS"
        case .auth: "AUTH"
        case .xclient: "XCLIENT"
        case .xforward: "XFORWARD"
        case .burl: "BURL"
        case .unknown: nil
        }
    }
}
