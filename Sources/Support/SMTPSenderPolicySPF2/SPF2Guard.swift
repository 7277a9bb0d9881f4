#if SPF2
import SMTPSenderPolicy

/// What libspf2 is not given.
///
/// libspf2 had memory faults that strangers could bring about. Each rule keeps one way to them shut, whether or not the installed library was
/// repaired:
///
/// - Names and senders with octets beyond printable ASCII: escaping such an octet for a URL wrote more than was reserved (CVE-2021-33912).
/// - Records and explanations that RFC 7208's grammar does not allow, unknown macro letters and delimiters among them: half-read macros led to
///   lengths below zero (CVE-2021-33913, CVE-2023-42118).
/// - Texts beyond what a record of DNS mail can sensibly have: explanations were copied to a fixed place (CVE-2021-20314).
enum SPF2Guard {
    /// The most octets of a policy.
    static let longestRecord = 2_048
    /// The most octets of one of its terms.
    static let longestTerm = 255
    /// The most octets of an explanation, and of the client's name.
    static let longestText = 255
    /// The most octets of a sender.
    static let longestSender = 320

    /// What is wrong with who is to be judged; `nil` if nothing is.
    static func problem(with request: SPFRequest) -> String? {
        guard request.helo.count <= longestText, request.sender.count <= longestSender else {
            return "the sender or the client's name is too long for libspf2"
        }
        guard (request.helo + request.sender).allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return "the sender or the client's name has octets that libspf2 is not given"
        }
        return nil
    }

    /// What is wrong with a policy; `nil` if nothing is.
    static func problem(withRecord text: [UInt8]) -> String? {
        guard text.count <= longestRecord else { return "a policy of \(text.count) octets" }
        guard text.split(separator: 0x20).allSatisfy({ $0.count <= longestTerm }) else { return "a term too long" }
        do throws(SPFSyntaxError) {
            _ = try SPFRecord(text)
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Whether an explanation can be given to libspf2.
    static func allows(explanation text: [UInt8]) -> Bool {
        text.count <= longestText && text.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && SPFRecord.isExplanation(text)
    }
}
#endif
