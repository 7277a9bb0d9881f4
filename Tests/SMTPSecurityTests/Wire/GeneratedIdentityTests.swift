import SMTPSecurity
import SMTPSecurityTesting
import Testing

@Suite("Generated identities in AUTH exchanges")
struct GeneratedIdentityTests {
    private static let mechanisms = [
        "PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "XOAUTH2", "OAUTHBEARER", "NTLM",
    ]

    @Test("are read as the reference reads them")
    func generatedIdentities() {
        var random = Generator(seed: 0x4616)
        for number in 0..<Generator.cases(4_000) {
            let mechanism = random.pick(Self.mechanisms)
            var response = Self.response(mechanism, &random)
            if random.once(in: 3) { response = random.mutate(response, or: Array("\0\u{1},n=a=".utf8)) }
            if number % 50 == 0 {
                response = (0..<random.below(60)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
            }
            var line = Array(base64(response).utf8)
            let isIntact = !random.once(in: 8)
            if !isIntact { line = random.mutate(line, or: Array("====".utf8)) }
            let name = random.recase(mechanism)
            let heap = HeapOctets(line[...])
            var identity = AuthenticationIdentity(mechanism: name.span, initialResponse: [UInt8]().span)
            identity.receive(heap.span)
            identity.receive(heap.span)
            let initial = AuthenticationIdentity(mechanism: name.span, initialResponse: heap.span)
            if mechanism != "CRAM-MD5", initial.octets != identity.octets {
                Issue.record("\(mechanism) \(Evidence(line.span)): the initial response differs")
            }
            let expected = ReferenceValue.isBase64(line) ? Self.identity(mechanism, isIntact ? response : nil) : []
            if let expected, identity.octets != expected {
                Issue.record("\(mechanism) \(Evidence(response.span)): \(Evidence(identity.octets.span))")
            }
        }
    }

    /// A response that is right, or nearly.
    private static func response(_ mechanism: String, _ random: inout Generator) -> [UInt8] {
        let length = random.once(in: 20) ? 250 + random.below(10) : random.below(20)
        let user = (0..<length).map { _ in random.pick(from: "abcZ09@. =,-_") }
        let name = random.once(in: 3) ? user : Array(escaped(user))
        let flag = Array(random.pick(["n", "y", "p=tls-unique", "p", "x"]).utf8)
        let authorization = random.pick([[], Array("a=bob".utf8), Array("a=".utf8) + name])
        return switch mechanism {
        case "PLAIN": random.pick([[], user]) + [0] + user + [0] + Array(random.pick(["", "secret"]).utf8)
        case "LOGIN": user
        case "CRAM-MD5": user + Array(random.pick([" b913a602c7eda7a495b4e6e7334d3890", " b913", ""]).utf8)
        case "XOAUTH2": Array("user=".utf8) + user + Array("\u{1}auth=Bearer x\u{1}\u{1}".utf8)
        case "OAUTHBEARER": flag + [0x2C] + authorization + Array(",\u{1}auth=Bearer x\u{1}\u{1}".utf8)
        default: flag + [0x2C] + authorization + Array(",n=".utf8) + name + Array(",r=x".utf8)
        }
    }

    private static func escaped(_ name: [UInt8]) -> [UInt8] {
        name.flatMap { octet -> [UInt8] in
            octet == 0x2C ? Array("=2C".utf8) : octet == 0x3D ? Array("=3D".utf8) : [octet]
        }
    }

    // MARK: The reference

    /// What the RFCs say a response has; `nil` where the response is not known.
    private static func identity(_ mechanism: String, _ response: [UInt8]?) -> [UInt8]? {
        guard let response else { return nil }
        guard !response.isEmpty else { return [] }
        let user: [UInt8]? =
            switch mechanism {
            case "PLAIN": plain(response)
            case "LOGIN": response
            case "CRAM-MD5": cramMD5(response)
            case "XOAUTH2": xoauth2(response)
            case "OAUTHBEARER": header(response).flatMap { $0.rest.first == 1 ? $0.name : nil }
            case "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS": scram(response)
            default: nil
            }
        guard let user, user.count <= 255 else { return [] }
        return user
    }

    private static func plain(_ response: [UInt8]) -> [UInt8]? {
        let parts = response.split(separator: 0, omittingEmptySubsequences: false)
        return parts.count == 3 && !parts[2].isEmpty ? Array(parts[1]) : nil
    }

    private static func cramMD5(_ response: [UInt8]) -> [UInt8]? {
        guard let space = response.lastIndex(of: 0x20), response.count - space == 33 else { return nil }
        let digest = String(decoding: response[(space + 1)...], as: UTF8.self)
        return digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) ? Array(response[..<space]) : nil
    }

    private static func xoauth2(_ response: [UInt8]) -> [UInt8]? {
        guard response.starts(with: Array("user=".utf8)), let end = response.firstIndex(of: 1) else { return nil }
        return Array(response[5..<end])
    }

    private static func scram(_ response: [UInt8]) -> [UInt8]? {
        guard let rest = header(response)?.rest, rest.starts(with: Array("n=".utf8)),
            let end = rest.firstIndex(of: 0x2C), rest[(end + 1)...].starts(with: Array("r=".utf8))
        else { return nil }
        return name(rest[..<end].dropFirst(2))
    }

    /// The authorization identity of a GS2 header, and what follows the header.
    private static func header(_ response: [UInt8]) -> (name: [UInt8], rest: ArraySlice<UInt8>)? {
        let parts = response.split(separator: 0x2C, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3 else { return nil }
        let flag = Array(parts[0])
        guard flag == [0x6E] || flag == [0x79] || flag.starts(with: [0x70, 0x3D]) else { return nil }
        if parts[1].isEmpty { return ([], parts[2]) }
        guard parts[1].starts(with: [0x61, 0x3D]), let user = name(parts[1].dropFirst(2)) else { return nil }
        return (user, parts[2])
    }

    private static func name(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, !text.contains(0) else { return nil }
        let pieces = text.split(separator: 0x3D, omittingEmptySubsequences: false)
        var name = Array(pieces[0])
        for piece in pieces.dropFirst() {
            switch piece.prefix(2) {
            case [0x32, 0x43]: name.append(0x2C)
            case [0x33, 0x44]: name.append(0x3D)
            default: return nil
            }
            name += piece.dropFirst(2)
        }
        return name.count <= 255 ? name : nil
    }
}
