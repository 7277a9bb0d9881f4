/// Who authenticates, as the client says in an `AUTH` exchange (RFC 4954 §4).
///
/// It takes the command and then each response, as they stand on the wire. Passwords, digests and tokens are read over
/// octet by octet; only the identity is kept. Whether the client is who it says is for the server to find out.
public struct AuthenticationIdentity: Sendable {
    /// The most octets of an identity (RFC 4616 §2); a longer one counts as unknown.
    public static let maximumOctets = 255

    /// The authentication identity in octets as the client sent it; empty where it is not known.
    public private(set) var octets: [UInt8] = []

    /// How to read the next response.
    private var form = Form.unread

    /// Where a response has the identity.
    private enum Form: UInt8 {
        /// Nowhere: the mechanism does not say, or it was read before.
        case unread
        /// RFC 4616.
        case plain
        /// draft-murchison-sasl-login.
        case login
        /// RFC 2195.
        case cramMD5
        /// RFC 5802, RFC 7677.
        case scram
        /// Google's OAuth 2.0 mechanism, which others took over.
        case xoauth2
        /// RFC 7628.
        case oauthBearer
    }

    /// Nobody.
    public init() {}

    /// Whoever begins an exchange.
    ///
    /// - Parameters:
    ///   - mechanism: the name of the SASL mechanism, in any ASCII case.
    ///   - initialResponse: base64 text, `=` for a response of no octets, empty for no response (RFC 4954 §4).
    public init(mechanism: Span<UInt8>, initialResponse: Span<UInt8>) {
        form = Self.form(of: mechanism)
        guard !initialResponse.isEmpty else { return }
        // Its first response answers a challenge.
        if form == .cramMD5 { form = .unread }
        receive(initialResponse)
    }

    /// A response.
    ///
    /// The identity is in the first one. What follows may be a password, so it is not looked at, even if the first had
    /// no identity.
    ///
    /// - Parameter response: the line without its CRLF, base64 text if it is what it should be.
    public mutating func receive(_ response: Span<UInt8>) {
        let form = self.form
        self.form = .unread
        guard form != .unread, Base64Grammar.isValid(response) else { return }
        var reader = Base64Reader(response)
        octets = Self.identity(form, &reader) ?? []
    }

    // MARK: Mechanisms

    private static func form(of mechanism: Span<UInt8>) -> Form {
        func begins(_ name: StaticString) -> Bool {
            guard mechanism.count >= name.utf8CodeUnitCount else { return false }
            for index in 0..<name.utf8CodeUnitCount {
                let octet = mechanism[index]
                let upper = octet &- 0x61 < 26 ? octet & 0xDF : octet
                // Proof: the index is within the literal, whose storage lives as long as the process.
                guard unsafe upper == name.utf8Start[index] else { return false }
            }
            return true
        }
        func matches(_ name: StaticString) -> Bool { mechanism.count == name.utf8CodeUnitCount && begins(name) }
        if matches("PLAIN") { return .plain }
        if matches("LOGIN") { return .login }
        if matches("CRAM-MD5") { return .cramMD5 }
        if begins("SCRAM-SHA-") { return .scram }
        if matches("XOAUTH2") { return .xoauth2 }
        if matches("OAUTHBEARER") { return .oauthBearer }
        return .unread
    }

    private static func identity(_ form: Form, _ reader: inout Base64Reader) -> [UInt8]? {
        switch form {
        case .unread: nil
        case .plain: plain(&reader)
        case .login: reader.rest(limit: maximumOctets)
        case .cramMD5: cramMD5(&reader)
        case .scram: scram(&reader)
        case .xoauth2: reader.skip("user=") ? reader.octets(before: 0x01, limit: maximumOctets) : nil
        case .oauthBearer: oauthBearer(&reader)
        }
    }

    /// `[authzid] NUL authcid NUL passwd` (RFC 4616 §2).
    private static func plain(_ reader: inout Base64Reader) -> [UInt8]? {
        guard reader.skip(past: 0), let user = reader.octets(before: 0, limit: maximumOctets) else { return nil }
        var hasPassword = false
        while let octet = reader.next() {
            guard octet != 0 else { return nil }
            hasPassword = true
        }
        return hasPassword ? user : nil
    }

    /// `user SP digest` (RFC 2195 §2). The user may contain spaces; the digest is 32 hexadecimal digits.
    private static func cramMD5(_ reader: inout Base64Reader) -> [UInt8]? {
        guard let response = reader.rest(limit: maximumOctets + 33), response.count > 33 else { return nil }
        let end = response.count - 33
        guard response[end] == 0x20, response[(end + 1)...].allSatisfy(isHexadecimal) else { return nil }
        return Array(response[..<end])
    }

    private static func isHexadecimal(_ octet: UInt8) -> Bool { octet &- 0x30 < 10 || (octet | 0x20) &- 0x61 < 6 }

    /// `client-first-message = gs2-header [reserved-mext ","] "n=" saslname "," "r=" …` (RFC 5802 §7).
    private static func scram(_ reader: inout Base64Reader) -> [UInt8]? {
        // An extension that is mandatory, in front of the name, is one that nobody knows.
        guard gs2Header(&reader) != nil, reader.skip("n="), let user = saslName(&reader), reader.skip("r=") else {
            return nil
        }
        return user
    }

    /// `gs2-header kvsep …` (RFC 7628 §3.1): the identity is the authorization identity.
    private static func oauthBearer(_ reader: inout Base64Reader) -> [UInt8]? {
        guard let user = gs2Header(&reader), reader.next() == 0x01 else { return nil }
        return user
    }

    /// `gs2-cbind-flag "," [authzid] ","` (RFC 5801 §4).
    ///
    /// - Returns: the authorization identity, empty where there is none; `nil` if it is no such header.
    private static func gs2Header(_ reader: inout Base64Reader) -> [UInt8]? {
        switch reader.next() {
        case UInt8(ascii: "n"), UInt8(ascii: "y"):
            guard reader.next() == UInt8(ascii: ",") else { return nil }
        case UInt8(ascii: "p"):
            guard reader.next() == UInt8(ascii: "="), reader.skip(past: UInt8(ascii: ",")) else { return nil }
        default:
            return nil
        }
        switch reader.next() {
        case UInt8(ascii: ","): return []
        case UInt8(ascii: "a"): return reader.next() == UInt8(ascii: "=") ? saslName(&reader) : nil
        default: return nil
        }
    }

    /// A name up to the comma that ends it, in which `=2C` is a comma and `=3D` an equals sign (RFC 5801 §4).
    private static func saslName(_ reader: inout Base64Reader) -> [UInt8]? {
        var name: [UInt8] = []
        while var octet = reader.next(), octet != 0 {
            if octet == UInt8(ascii: ",") { return name.isEmpty ? nil : name }
            if octet == UInt8(ascii: "=") {
                switch (reader.next(), reader.next()) {
                case (UInt8(ascii: "2"), UInt8(ascii: "C")): octet = UInt8(ascii: ",")
                case (UInt8(ascii: "3"), UInt8(ascii: "D")): octet = UInt8(ascii: "=")
                default: return nil
                }
            }
            guard name.count < maximumOctets else { return nil }
            name.append(octet)
        }
        return nil
    }
}
