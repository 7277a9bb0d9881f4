/// An SMTP service extension that this library knows, by its EHLO keyword (RFC 5321 §2.2).
@frozen
public enum SMTPExtension: UInt8, Sendable, Hashable, CaseIterable {
    /// `SIZE` (RFC 1870).
    case size
    /// `8BITMIME` (RFC 6152).
    case eightBitMIME
    /// `BINARYMIME` (RFC 3030).
    case binaryMIME
    /// `CHUNKING` (RFC 3030).
    case chunking
    /// `PIPELINING` (RFC 2920).
    case pipelining
    /// `ENHANCEDSTATUSCODES` (RFC 2034).
    case enhancedStatusCodes
    /// `SMTPUTF8` (RFC 6531).
    case smtpUTF8
    /// `DSN` (RFC 3461).
    case dsn
    /// `AUTH` (RFC 4954).
    case auth
    /// `STARTTLS` (RFC 3207).
    case startTLS
    /// `REQUIRETLS` (RFC 8689).
    case requireTLS
    /// `DELIVERBY` (RFC 2852).
    case deliverBy
    /// `FUTURERELEASE` (RFC 4865).
    case futureRelease
    /// `MT-PRIORITY` (RFC 6710).
    case mtPriority
    /// `LIMITS` (RFC 9422).
    case limits
    /// `BURL` (RFC 4468).
    case burl
    /// `ETRN` (RFC 1985).
    case etrn
    /// `ATRN` (RFC 2645).
    case atrn
    /// `TURN` (RFC 1869's registry of original commands).
    case turn
    /// `SEND` (likewise).
    case send
    /// `SOML` (likewise).
    case soml
    /// `SAML` (likewise).
    case saml
    /// `EXPN` (likewise).
    case expn
    /// `VRFY` (likewise).
    case vrfy
    /// `HELP` (likewise).
    case help
    /// `XCLIENT` (Postfix).
    case xclient
    /// `XFORWARD` (Postfix).
    case xforward

    /// The EHLO keyword.
    public var keyword: String {
        switch self {
        case .size: "SIZE"
        case .eightBitMIME: "8BITMIME"
        case .binaryMIME: "BINARYMIME"
        case .chunking: "CHUNKING"
        case .pipelining: "PIPELINING"
        case .enhancedStatusCodes: "ENHANCEDSTATUSCODES"
        case .smtpUTF8: "SMTPUTF8"
        case .dsn: "DSN"
        case .auth: "AUTH"
        case .startTLS: "STARTTLS"
        case .requireTLS: "REQUIRETLS"
        case .deliverBy: "DELIVERBY"
        case .futureRelease: "FUTURERELEASE"
        case .mtPriority: "MT-PRIORITY"
        case .limits: "LIMITS"
        case .burl: "BURL"
        case .etrn: "ETRN"
        case .atrn: "ATRN"
        case .turn: "TURN"
        case .send: "SEND"
        case .soml: "SOML"
        case .saml: "SAML"
        case .expn: "EXPN"
        case .vrfy: "VRFY"
        case .help: "HELP"
        case .xclient: "XCLIENT"
        case .xforward: "XFORWARD"
        }
    }

    /// The extension with this EHLO keyword, in any case.
    public init?(keyword: some StringProtocol) {
        let upper = keyword.uppercased()
        guard let match = Self.allCases.first(where: { $0.keyword == upper }) else { return nil }
        self = match
    }

    /// The extension that offers a verb; `nil` for the verbs of RFC 5321 that every server has.
    public init?(offering verb: Verb) {
        switch verb {
        case .bdat: self = .chunking
        case .startTLS: self = .startTLS
        case .auth: self = .auth
        case .etrn: self = .etrn
        case .atrn: self = .atrn
        case .turn: self = .turn
        case .send: self = .send
        case .soml: self = .soml
        case .saml: self = .saml
        case .expn: self = .expn
        case .vrfy: self = .vrfy
        case .help: self = .help
        case .burl: self = .burl
        case .xclient: self = .xclient
        case .xforward: self = .xforward
        case .helo, .ehlo, .lhlo, .mail, .rcpt, .data, .rset, .noop, .quit, .unknown: return nil
        }
    }

    /// The extension that a parameter of `MAIL` or `RCPT` belongs to; `nil` for parameters of unknown extensions.
    public init?(defining parameter: ParameterKeyword) {
        switch parameter {
        case .size: self = .size
        case .body: self = .eightBitMIME
        case .smtpUTF8: self = .smtpUTF8
        case .auth: self = .auth
        case .ret, .envid, .notify, .orcpt: self = .dsn
        case .requireTLS: self = .requireTLS
        case .mtPriority: self = .mtPriority
        case .holdFor, .holdUntil: self = .futureRelease
        case .by: self = .deliverBy
        case .unknown: return nil
        }
    }
}
