#if SPF2
import CLibSPF2
import Glibc
import SMTPDNS
import SMTPSecurity
import SMTPSenderPolicy

/// One run of libspf2, with the answers that are known.
///
/// A class because its identity is the point: libspf2 gets a pointer to it. It is used by one thread, that which runs libspf2.
final class SPF2Run {
    /// The first question without an answer.
    private(set) var missing: DNSQuestion?

    private let answers: [DNSQuestion: Result<DNSAnswer, DNSFailure>]
    private let isGuarded: Bool
    /// Why an answer was withheld.
    private var problem: String?
    /// Whether a question failed.
    private var failure: DNSFailure?

    init(_ answers: [DNSQuestion: Result<DNSAnswer, DNSFailure>], isGuarded: Bool) {
        self.answers = answers
        self.isGuarded = isGuarded
    }

    /// What libspf2 says when nobody has said anything else.
    private static let noExplanation = "-"

    private static let quiet: Void = clibspf2_be_quiet()

    /// Runs libspf2. The outcome means something if nothing is ``missing``.
    func evaluate(_ request: SPFRequest) -> SPFOutcome {
        _ = Self.quiet
        let context = Unmanaged.passUnretained(self).toOpaque()
        let layer = clibspf2_layer_new(
            { context, name, type, answer in
                guard let context, let name, let answer else { return }
                Unmanaged<SPF2Run>.fromOpaque(context).takeUnretainedValue().answer(String(cString: name), type, answer)
            }, context)
        guard let layer, let server = SPF_server_new_dns(clibspf2_layer_server(layer), 0) else {
            free(layer)
            return Self.failed("no memory")
        }
        defer {
            SPF_server_free(server)
            free(layer)
        }
        return withExtendedLifetime(self) { run(request, server) }
    }

    private static func failed(_ problem: String) -> SPFOutcome {
        var outcome = SPFOutcome(.temperror)
        outcome.problem = problem
        return outcome
    }

    private func run(_ request: SPFRequest, _ server: UnsafeMutablePointer<SPF_server_t>) -> SPFOutcome {
        SPF_server_set_rec_dom(server, request.receiver)
        // Spaces would come out as something else. Whoever shows the text escapes it.
        SPF_server_set_sanitize(server, 0)
        var setting: UnsafeMutablePointer<SPF_response_t>?
        SPF_server_set_explanation(server, Self.noExplanation, &setting)
        if let setting { SPF_response_free(setting) }
        guard let query = SPF_request_new(server) else { return Self.failed("no memory") }
        defer { SPF_request_free(query) }
        switch request.client {
        case .v4: SPF_request_set_ipv4_str(query, "\(request.client)")
        case .v6: SPF_request_set_ipv6_str(query, "\(request.client)")
        }
        func text(_ octets: [UInt8]) -> String { String(decoding: octets, as: UTF8.self) }
        SPF_request_set_helo_dom(query, text(request.helo))
        if request.identity == .mailFrom, !request.sender.isEmpty {
            SPF_request_set_env_from(query, text(request.sender))
        }
        var answered: UnsafeMutablePointer<SPF_response_t>?
        SPF_request_query_mailfrom(query, &answered)
        guard let answered else { return Self.failed("libspf2 does not answer") }
        defer { SPF_response_free(answered) }
        return outcome(answered)
    }

    private func outcome(_ response: UnsafeMutablePointer<SPF_response_t>) -> SPFOutcome {
        var outcome = SPFOutcome(Self.result(response, hasFailed: failure != nil))
        outcome.lookups = max(0, Int(response.pointee.num_dns_mech))
        if let problem {
            // Whatever libspf2 made of its not being there.
            outcome.result = .permerror
            outcome.problem = problem
        } else if outcome.result == .temperror || outcome.result == .permerror {
            outcome.problem =
                failure.map { "\($0)" } ?? SPF_strerror(SPF_response_errcode(response)).map { String(cString: $0) }
        }
        if outcome.result == .fail, let text = SPF_response_get_explanation(response) {
            let explanation = String(cString: text)
            if explanation != Self.noExplanation { outcome.explanation = explanation }
        }
        return outcome
    }

    private static func result(
        _ response: UnsafeMutablePointer<SPF_response_t>, hasFailed: Bool
    ) -> SPFResult {
        switch SPF_response_result(response) {
        case SPF_RESULT_NEUTRAL: .neutral
        case SPF_RESULT_PASS: .pass
        case SPF_RESULT_FAIL: .fail
        case SPF_RESULT_SOFTFAIL: .softfail
        case SPF_RESULT_NONE: .none
        case SPF_RESULT_TEMPERROR: .temperror
        case SPF_RESULT_PERMERROR: .permerror
        // "We should never return this", its header says; it does.
        default: hasFailed ? .temperror : .permerror
        }
    }

    // MARK: Answers

    private func answer(_ name: String, _ type: Int32, _ answer: UnsafeMutablePointer<SPF_dns_rr_t>) {
        guard let name = try? DNSName(name), let type = UInt16(exactly: type).flatMap({ DNSRecordType(rawValue: $0) })
        else { return }
        let question = DNSQuestion(name, type)
        // After the first one nothing that libspf2 does counts.
        guard missing == nil, problem == nil, let known = answers[question] else {
            if missing == nil, problem == nil { missing = question }
            answer.pointee.herrno = TRY_AGAIN
            return
        }
        switch known {
        case .failure(let why):
            failure = why
            answer.pointee.herrno = TRY_AGAIN
        case .success(let known):
            answer.pointee.herrno = known.outcome == .nonexistent ? HOST_NOT_FOUND : NO_DATA
            let contents = type == .txt ? texts(known.records) : known.records.map { Self.content($0) }
            for octets in contents where clibspf2_add(answer, octets, octets.count) != 0 {
                answer.pointee.herrno = NETDB_SUCCESS
            }
        }
    }

    private static func content(_ record: DNSRecord) -> [UInt8] {
        switch record {
        case .address(.v4(let value)): withUnsafeBytes(of: value.bigEndian) { Array($0) }
        case .address(.v6(let high, let low)):
            [high, low].flatMap { word in withUnsafeBytes(of: word.bigEndian) { Array($0) } }
        case .ptr(let name), .mx(_, let name), .cname(let name): Array("\(name)".utf8)
        case .txt(let strings): Array(strings.joined())
        }
    }

    /// The texts that libspf2 may have: policies, or else an explanation. It does not say which of them it asks for.
    private func texts(_ records: [DNSRecord]) -> [[UInt8]] {
        let texts = records.map { Self.content($0) }
        guard isGuarded else { return texts }
        let policies = texts.filter { SPFRecord.isRecord($0) }
        guard policies.isEmpty else {
            problem = policies.lazy.compactMap { SPF2Guard.problem(withRecord: $0) }.first
            return problem == nil ? policies : []
        }
        // RFC 7208 §6.2: of several texts none is the explanation.
        guard texts.count == 1, SPF2Guard.allows(explanation: texts[0]) else { return [] }
        // Written so, a space remains one.
        return [texts[0].flatMap { $0 == 0x20 ? Array("%_".utf8) : [$0] }]
    }
}
#endif
