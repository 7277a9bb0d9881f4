public import SMTPDNS
import SMTPSecurity

/// One evaluation of a policy (RFC 7208 §4), without any input or output of its own: it asks questions, and goes on with what they are
/// answered.
///
/// ```swift
/// var evaluation = SPFEvaluation(request)
/// var step = evaluation.start()
/// while case .ask(let question) = step { step = evaluation.resume(await answer(question)) }
/// ```
public struct SPFEvaluation: Sendable {
    /// What comes next.
    public enum Step: Sendable, Hashable {
        /// A question has to be answered.
        case ask(DNSQuestion)
        /// The evaluation is over.
        case finished(SPFOutcome)
    }

    /// A policy that is being evaluated: the sender's, or one that it includes.
    private struct Frame {
        var domain: [UInt8]
        var name: DNSName
        var record: SPFRecord
        /// The directive that comes next.
        var position = 0
        /// Whether that has been counted as a look-up.
        var isCounted = false
    }

    /// How a policy is come by.
    private enum Origin { case sender, include, redirect }

    /// What the answer to a question is for.
    private enum Purpose {
        case record(Origin, domain: [UInt8], DNSName)
        case address(ipv4: Int, ipv6: Int)
        case exchanges(ipv4: Int, ipv6: Int)
        case exchangeAddress([DNSName], ipv4: Int, ipv6: Int)
        case existence
        case pointers
        case pointerAddress(DNSName, [DNSName])
        case explanation
    }

    /// The client's names that lead back to its address.
    private enum Names {
        case unknown
        case known([DNSName])
    }

    private let request: SPFRequest
    private let limits: SPFLimits
    private var frames: [Frame] = []
    private var purpose: Purpose?
    private var outcome = SPFOutcome(.neutral)
    /// The mechanism that decided.
    private var mechanism: ArraySlice<UInt8>?
    private var names = Names.unknown
    private var validated: [DNSName] = []
    /// The text of an explanation, once it is there.
    private var explanation: SPFMacroString?
    /// The result, once only its explanation is missing.
    private var isExplaining = false

    /// An evaluation that has not begun.
    public init(_ request: SPFRequest, limits: SPFLimits = SPFLimits()) {
        self.request = request
        self.limits = limits
    }

    // MARK: Steps

    /// The first step.
    public mutating func start() -> Step {
        let domain = Array(request.domain)
        // RFC 7208 §4.3: an address, a name of one label, or none at all, has no policy.
        guard domain.first != UInt8(ascii: "["), let name = try? DNSName(domain.span), name.hasSeveralLabels else {
            return finish(.none)
        }
        return ask(DNSQuestion(name, .txt), for: .record(.sender, domain: domain, name))
    }

    /// The next step, after a question was answered.
    public mutating func resume(_ answer: Result<DNSAnswer, DNSFailure>) -> Step {
        guard let purpose else { return .finished(outcome) }
        self.purpose = nil
        switch purpose {
        case .record(let origin, let domain, let name): return resume(answer, record: origin, domain, name)
        case .pointers: return resume(pointers: answer)
        case .pointerAddress(let name, let rest): return resume(answer, of: name, rest)
        case .explanation: return resume(explanation: answer)
        case .address, .exchanges, .exchangeAddress, .existence: break
        }
        guard case .success(let answer) = answer else { return finish(.temperror, problem: answer) }
        if let step = count(void: answer) { return step }
        switch purpose {
        case .existence: return answer.records.isEmpty ? skip() : match()
        case .address(let ipv4, let ipv6):
            return contains(answer.records, ipv4, ipv6) ? match() : skip()
        case .exchanges(let ipv4, let ipv6):
            let exchanges = answer.records.compactMap { if case .mx(_, let name) = $0 { name } else { nil } }
            guard exchanges.count <= limits.exchanges else {
                return finish(.permerror, problem: "more than \(limits.exchanges) mail exchanges")
            }
            return ask(exchanges: exchanges, ipv4, ipv6)
        case .exchangeAddress(let rest, let ipv4, let ipv6):
            return contains(answer.records, ipv4, ipv6) ? match() : ask(exchanges: rest, ipv4, ipv6)
        default: return run()
        }
    }

    private mutating func ask(_ question: DNSQuestion, for purpose: Purpose) -> Step {
        self.purpose = purpose
        return .ask(question)
    }

    private mutating func finish(_ result: SPFResult, problem: String? = nil) -> Step {
        outcome.result = result
        outcome.problem = problem
        if result != .temperror, result != .permerror {
            outcome.mechanism = mechanism.map { String(decoding: $0, as: UTF8.self) }
        }
        if let problem, let frame = frames.last { outcome.problem = "\(problem), in the policy of \(frame.name)" }
        return .finished(outcome)
    }

    private mutating func finish(_ result: SPFResult, problem answer: Result<DNSAnswer, DNSFailure>) -> Step {
        guard case .failure(let failure) = answer else { return finish(result) }
        return finish(result, problem: "\(failure)")
    }

    /// Counts a look-up that has no answer.
    private mutating func count(void answer: DNSAnswer) -> Step? {
        guard answer.records.isEmpty else { return nil }
        outcome.voidLookups += 1
        guard outcome.voidLookups > limits.voidLookups else { return nil }
        return finish(.permerror, problem: "more than \(limits.voidLookups) look-ups without an answer")
    }

    // MARK: Records

    private mutating func resume(
        _ answer: Result<DNSAnswer, DNSFailure>, record origin: Origin, _ domain: [UInt8], _ name: DNSName
    ) -> Step {
        guard case .success(let answer) = answer else { return finish(.temperror, problem: answer) }
        let texts = answer.records.compactMap { record -> [UInt8]? in
            guard case .txt(let strings) = record else { return nil }
            return strings.count == 1 ? strings[0] : Array(strings.joined())
        }
        let records = texts.filter { SPFRecord.isRecord($0) }
        guard records.count < 2 else { return finish(.permerror, problem: "\(name) has \(records.count) policies") }
        guard let text = records.first else {
            return origin == .sender ? finish(.none) : finish(.permerror, problem: "\(name) has no policy")
        }
        do throws(SPFSyntaxError) {
            let frame = Frame(domain: domain, name: name, record: try SPFRecord(text))
            if origin == .redirect { frames.removeLast() }
            frames.append(frame)
        } catch {
            return finish(.permerror, problem: "\(error) in the policy of \(name): \(Evidence(error.term))")
        }
        return run()
    }

    // MARK: Mechanisms

    /// Goes on with the directive that comes next.
    private mutating func run() -> Step {
        if isExplaining { return explain() }
        while let frame = frames.last {
            guard frame.position < frame.record.directives.count else { return runOut(frame) }
            switch frame.record.directives[frame.position].mechanism {
            case .all: return match()
            case .network(let network):
                if network.containsExactly(request.client) { return match() }
                advance()
            case .include(let target):
                if let step = prepare(target) { return step }
                guard let (text, name) = expand(target) else {
                    return finish(.permerror, problem: "an include of what is no domain")
                }
                return ask(DNSQuestion(name, .txt), for: .record(.include, domain: text, name))
            case .a(let target, let ipv4, let ipv6):
                if let step = prepare(target) { return step }
                guard let name = target == nil ? frame.name : expand(target)?.name else { return skip() }
                return ask(DNSQuestion(name, addressType), for: .address(ipv4: ipv4, ipv6: ipv6))
            case .mx(let target, let ipv4, let ipv6):
                if let step = prepare(target) { return step }
                guard let name = target == nil ? frame.name : expand(target)?.name else { return skip() }
                return ask(DNSQuestion(name, .mx), for: .exchanges(ipv4: ipv4, ipv6: ipv6))
            case .exists(let target):
                if let step = prepare(target) { return step }
                guard let name = expand(target)?.name else { return skip() }
                return ask(DNSQuestion(name, .a), for: .existence)
            case .ptr(let target):
                if let step = count() { return step }
                guard case .known(let names) = names else { return askForNames() }
                guard let name = target == nil ? frame.name : expand(target)?.name else { return skip() }
                if names.contains(where: { $0.isWithin(name) }) { return match() }
                advance()
            }
        }
        return finish(.neutral)
    }

    /// No directive is left.
    private mutating func runOut(_ frame: Frame) -> Step {
        guard let redirect = frame.record.redirect else { return conclude(.neutral) }
        if let step = prepare(redirect) { return step }
        guard let (text, name) = expand(redirect) else {
            return finish(.permerror, problem: "a redirect to what is no domain")
        }
        return ask(DNSQuestion(name, .txt), for: .record(.redirect, domain: text, name))
    }

    private mutating func advance() {
        frames[frames.count - 1].position += 1
        frames[frames.count - 1].isCounted = false
    }

    private mutating func skip() -> Step {
        advance()
        return run()
    }

    private mutating func match() -> Step {
        guard let frame = frames.last else { return finish(.neutral) }
        let directive = frame.record.directives[frame.position]
        mechanism = directive.text
        return conclude(directive.qualifier.result)
    }

    /// The innermost policy has a result (RFC 7208 §5.2).
    private mutating func conclude(_ result: SPFResult) -> Step {
        guard frames.count > 1 else {
            outcome.result = result
            guard result == .fail, frames.first?.record.explanation != nil else { return finish(result) }
            isExplaining = true
            return explain()
        }
        frames.removeLast()
        guard result != .pass else { return match() }
        mechanism = nil
        return skip()
    }

    /// Counts the present term, and finds out the client's names if its domain needs them.
    private mutating func prepare(_ target: SPFMacroString?) -> Step? {
        if let step = count() { return step }
        guard target?.needsValidatedName == true, case .unknown = names else { return nil }
        return askForNames()
    }

    private mutating func count() -> Step? {
        guard !frames[frames.count - 1].isCounted else { return nil }
        frames[frames.count - 1].isCounted = true
        outcome.lookups += 1
        guard outcome.lookups > limits.lookups else { return nil }
        return finish(.permerror, problem: "more than \(limits.lookups) terms with look-ups")
    }

    private var addressType: DNSRecordType { if case .v4 = request.client { .a } else { .aaaa } }

    private func contains(_ records: [DNSRecord], _ ipv4: Int, _ ipv6: Int) -> Bool {
        records.contains { record in
            guard case .address(let address) = record else { return false }
            let length = if case .v4 = address { ipv4 } else { ipv6 }
            return IPNetwork(address, prefixLength: length).containsExactly(request.client)
        }
    }

    private mutating func ask(exchanges: [DNSName], _ ipv4: Int, _ ipv6: Int) -> Step {
        guard let first = exchanges.first else { return skip() }
        return ask(
            DNSQuestion(first, addressType), for: .exchangeAddress(Array(exchanges.dropFirst()), ipv4: ipv4, ipv6: ipv6)
        )
    }

    // MARK: The client's names

    private mutating func askForNames() -> Step {
        ask(DNSQuestion(DNSName(reverseOf: request.client), .ptr), for: .pointers)
    }

    private mutating func resume(pointers answer: Result<DNSAnswer, DNSFailure>) -> Step {
        // RFC 7208 §5.5: without an answer, nothing is validated.
        guard case .success(let answer) = answer else {
            names = .known([])
            return run()
        }
        if let step = count(void: answer) { return step }
        let pointers = answer.records.compactMap { if case .ptr(let name) = $0 { name } else { nil } }
        return ask(pointers: pointers.prefix(limits.pointers))
    }

    private mutating func ask(pointers: ArraySlice<DNSName>) -> Step {
        guard let first = pointers.first else {
            names = .known(validated)
            return run()
        }
        return ask(DNSQuestion(first, addressType), for: .pointerAddress(first, Array(pointers.dropFirst())))
    }

    private mutating func resume(
        _ answer: Result<DNSAnswer, DNSFailure>, of name: DNSName, _ rest: [DNSName]
    ) -> Step {
        if case .success(let answer) = answer, answer.records.contains(.address(request.client)) {
            validated.append(name)
        }
        return ask(pointers: rest[...])
    }

    /// The name for `%{p}` (RFC 7208 §7.3): the domain itself, else one below it, else any.
    private var validatedName: [UInt8] {
        guard case .known(let names) = names, let frame = frames.last else { return Array("unknown".utf8) }
        let best =
            names.first { $0 == frame.name } ?? names.first { $0.isWithin(frame.name) } ?? names.first
        return Array((best?.description ?? "unknown").utf8)
    }

    // MARK: Explanations

    private mutating func explain() -> Step {
        guard let frame = frames.last else { return finish(.fail) }
        if let explanation {
            if explanation.needsValidatedName, case .unknown = names { return askForNames() }
            let text = explanation.expanded { value($0) }
            outcome.explanation = String(decoding: text, as: UTF8.self)
            return finish(.fail)
        }
        guard let target = frame.record.explanation else { return finish(.fail) }
        if target.needsValidatedName, case .unknown = names { return askForNames() }
        guard let (_, name) = expand(target) else { return finish(.fail) }
        return ask(DNSQuestion(name, .txt), for: .explanation)
    }

    private mutating func resume(explanation answer: Result<DNSAnswer, DNSFailure>) -> Step {
        // RFC 7208 §6.2: whatever is wrong with it, there is no explanation then.
        guard case .success(let answer) = answer, answer.records.count == 1, case .txt(let strings) = answer.records[0],
            let text = try? SPFMacroString(Array(strings.joined())[...], isExplanation: true)
        else { return finish(.fail) }
        explanation = text
        return explain()
    }

    // MARK: Macros

    /// A domain with its macros' values in it; `nil` if that is no domain.
    private func expand(_ string: SPFMacroString?) -> (text: [UInt8], name: DNSName)? {
        guard let string else { return nil }
        var text = string.expanded { value($0) }[...]
        if text.last == UInt8(ascii: ".") { text.removeLast() }
        // RFC 7208 §7.3: what is too long loses labels on its left.
        while text.count > 253 {
            guard let dot = text.firstIndex(of: UInt8(ascii: ".")) else { return nil }
            text = text[(dot + 1)...]
        }
        let octets = Array(text)
        guard let name = try? DNSName(octets.span) else { return nil }
        return (octets, name)
    }

    private func value(_ letter: UInt8) -> [UInt8] {
        switch letter {
        case UInt8(ascii: "s"): Array(request.localPart) + [UInt8(ascii: "@")] + request.domain
        case UInt8(ascii: "l"): Array(request.localPart)
        case UInt8(ascii: "o"): Array(request.domain)
        case UInt8(ascii: "d"): frames.last?.domain ?? []
        case UInt8(ascii: "i"): request.client.dotted
        case UInt8(ascii: "p"): validatedName
        case UInt8(ascii: "v"): Array((addressType == .a ? "in-addr" : "ip6").utf8)
        case UInt8(ascii: "h"): request.helo
        case UInt8(ascii: "c"): Array(request.client.description.utf8)
        case UInt8(ascii: "r"): Array(request.receiver.utf8)
        case UInt8(ascii: "t"): Array(String(request.time.nanoseconds / 1_000_000_000).utf8)
        default: []
        }
    }
}

extension IPAddress {
    /// The address as `%{i}` has it: octets or nibbles, with dots between them. Nibbles are in capital letters, as in the examples of
    /// RFC 7208 §7.4 and in the conformance suite.
    fileprivate var dotted: [UInt8] {
        switch self {
        case .v4: Array(description.utf8)
        case .v6: Array(nibbles.joined(separator: CollectionOfOne(UInt8(ascii: "."))))
        }
    }

    private var nibbles: [[UInt8]] {
        guard case .v6(let high, let low) = self else { return [] }
        return (0..<32).map { index in
            let word = index < 16 ? high : low
            let digit = UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (index & 15)) & 15)
            return [digit < 10 ? 0x30 + digit : 0x37 + digit]
        }
    }
}

extension IPNetwork {
    /// Whether an address of the same family is within. Here an IPv6 network of IPv4 addresses is one of IPv6.
    fileprivate func containsExactly(_ client: IPAddress) -> Bool {
        switch (address, client) {
        case (.v4, .v4), (.v6, .v6): contains(client)
        default: false
        }
    }
}
