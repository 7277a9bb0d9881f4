public import SMTPDNS
public import SMTPSecurity

/// The names of a client's address, and which of them lead back to it.
public struct ClientNames: Sendable, Hashable {
    /// The most names that are looked at.
    public static let most = 10

    /// The names, as reverse DNS has them.
    public var names: [DNSName] = []
    /// Those of them that have the client's address: forward-confirmed reverse DNS.
    public var confirmed: [DNSName] = []
    /// Why not everything could be found out; `nil` if it could.
    public var failure: DNSFailure?

    /// A client without names.
    public init() {}

    /// Looks the names of an address up.
    public init(of address: IPAddress, asking resolver: some DNSResolver) async {
        let address = address.canonical
        do throws(DNSFailure) {
            let answer = try await resolver.answer(DNSQuestion(DNSName(reverseOf: address), .ptr))
            names = answer.records.prefix(Self.most).compactMap { if case .ptr(let name) = $0 { name } else { nil } }
        } catch {
            failure = error
        }
        let type: DNSRecordType = if case .v4 = address { .a } else { .aaaa }
        for name in names {
            do throws(DNSFailure) {
                let answer = try await resolver.answer(DNSQuestion(name, type))
                if answer.records.contains(.address(address)) { confirmed.append(name) }
            } catch {
                failure = error
            }
        }
        // One name is enough.
        if !confirmed.isEmpty { failure = nil }
    }
}

/// The client's names, for other checks to use. ``SenderValidation`` sets it.
public enum ClientNamesFact: SessionFact {
    /// The names.
    public typealias Value = ClientNames
}
