import SMTPDNS
import SMTPSecurity

/// What a client greeted with.
struct GreetingName: Sendable, Hashable {
    /// Whose name it is.
    enum Standing: Sendable, Hashable {
        /// It leads to the client's address, or is that.
        case mine
        /// It leads elsewhere, or is another address.
        case others
        /// It leads nowhere.
        case nonexistent
        /// It can lead nowhere: it is one label, or none.
        case unqualified
        case unknown(DNSFailure)
    }

    let text: String
    /// The name; `nil` for an address, and for what is neither.
    let name: DNSName?
    private let address: IPAddress?

    init(_ octets: [UInt8]) {
        text = String(decoding: octets, as: UTF8.self)
        if octets.first == UInt8(ascii: "["), octets.last == UInt8(ascii: "]"), octets.count > 2 {
            let inner = text.dropFirst().dropLast()
            let isIPv6 = inner.prefix(5).lowercased() == "ipv6:"
            address = (try? IPAddress(String(isIPv6 ? inner.dropFirst(5) : inner)))?.canonical
            name = nil
        } else {
            address = nil
            name = try? DNSName(octets.span)
        }
    }

    func standing(for client: IPAddress, asking resolver: some DNSResolver) async -> Standing {
        if let address { return address == client ? .mine : .others }
        guard let name, name.hasSeveralLabels else { return .unqualified }
        do throws(DNSFailure) {
            let type: DNSRecordType = if case .v4 = client { .a } else { .aaaa }
            let answer = try await resolver.answer(DNSQuestion(name, type))
            if answer.records.contains(.address(client)) { return .mine }
            if !answer.records.isEmpty { return .others }
            if answer.outcome == .nonexistent { return .nonexistent }
            if try await resolver.hasAddress(name) { return .others }
            let hasExchange = try await !resolver.answer(DNSQuestion(name, .mx)).records.isEmpty
            return hasExchange ? .others : .nonexistent
        } catch {
            return .unknown(error)
        }
    }
}
