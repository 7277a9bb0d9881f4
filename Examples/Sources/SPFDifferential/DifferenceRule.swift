import Foundation
import SMTPDNS
import SMTPSecurity
import SMTPSenderPolicy

/// Why another engine may say something else than the native one, with the sections that the native one follows.
///
/// Each rule is as narrow as what an engine tells of its reasons allows. Those that say "proved" hold only if the native engine comes to the other's
/// result when it is given the other's rule.
enum DifferenceRule: String, CaseIterable {
    case pyspfVoidAnswers =
        "pyspf: looks up all exchanges and names before it compares, and counts each empty answer, repeated ones too (RFC 7208 §4.6.4)"
    case pyspfTrivialRecursion =
        "pyspf: a policy that includes itself is wrong even where the include is not reached (RFC 7208 §4.6)"
    case pyspfTimeoutOfNames = "pyspf: a time-out in ptr, %{p} or exp ends the evaluation (RFC 7208 §5.5, §6.2)"
    case pyspfTimeoutOfExchange =
        "pyspf: looks up all exchanges before it compares, and a later one times out (RFC 7208 §5.4)"
    case pyspfUnreadMacros = "pyspf: macros of terms that are not reached are not read (RFC 7208 §4.6)"
    case pyspfPercent = "pyspf: an explanation with %% at its end is none (RFC 7208 §7.1)"
    case pyspfNamesInExplanation =
        "pyspf: an explanation with %{p} is none where its look-ups fail or are too many (RFC 7208 §7.3 has \"unknown\")"
    case libspf2PrefixZero = "libspf2: a prefix length of 0 is wrong, proved (RFC 7208 §5.6)"
    case libspf2NoVoidLimit =
        "libspf2: no limit of look-ups without an answer, proved (RFC 7208 §4.6.4, not in RFC 4408)"
    case libspf2IncludedLookups =
        "libspf2: look-ups of included policies do not count in the one that includes them, proved (RFC 7208 §4.6.4)"
    case libspf2Exchanges =
        "libspf2: more than ten exchanges are no error, proved (RFC 7208 §4.6.4, unlike RFC 4408 §10.1)"
    case libspf2RedirectFirst = "libspf2: follows redirect before the directives behind it, proved (RFC 7208 §6.1)"
    case libspf2Several = "libspf2: several of these at once, proved"
    case libspf2TimeoutOfNames = "libspf2: a time-out in ptr or %{p} ends the evaluation (RFC 7208 §5.5)"
    case libspf2Pointers = "libspf2: more than ten names of the client's address are an error (RFC 7208 §4.6.4)"
    case libspf2Nibbles = "libspf2: nibbles and escapes in explanations are in lower case (RFC 7208 §7.4)"
    case libspf2FirstOctet =
        "libspf2: a macro that takes some of the parts loses octets of the first one (RFC 7208 §7.1)"
    case libspf2OtherPointer =
        "libspf2: %{p} can be another of the client's names than the domain (RFC 7208 §7.3)"
    case libspf2ModifierNames =
        "libspf2: the name of an unknown modifier has no two dots in a row, proved (RFC 7208 §12)"
    case libspf2Slash = "libspf2: a modifier has no slash between its macros' braces, proved (RFC 7208 §7.1)"
    case libspf2DotInPointer = "libspf2: a domain with a dot at its end is the end of no name, in ptr (RFC 7208 §5.5)"

    enum Engine: String { case pyspf, libspf2 }

    /// The rule that explains a difference; `nil` if there is none.
    static func explaining(
        _ engine: Engine, _ native: SPFOutcome, _ other: SPFOutcome, _ item: GeneratedCase
    ) async throws -> DifferenceRule? {
        for rule in allCases where rule.rawValue.hasPrefix(engine.rawValue) {
            if try await rule.explains(native, other, item) { return rule }
        }
        return nil
    }

    private func explains(_ native: SPFOutcome, _ other: SPFOutcome, _ item: GeneratedCase) async throws -> Bool {
        let problem = other.problem ?? ""
        switch self {
        case .pyspfVoidAnswers:
            return problem.contains("Void lookup limit")
                && (item.mentions("mx", "ptr", "%{p}") || native.voidLookups > 1)
        case .pyspfTrivialRecursion: return problem.contains("include has trivial recursion")
        case .pyspfTimeoutOfNames: return problem.contains("DNS timeout") && item.mentions("ptr", "exp=", "%{p}")
        case .pyspfTimeoutOfExchange: return problem.contains("DNS timeout") && item.mentions("mx")
        case .pyspfUnreadMacros:
            return native.result == .permerror && (native.problem ?? "").contains("macro") && item.mentions("%")
        case .pyspfPercent:
            return native.result == .fail && other.result == .fail && other.explanation == nil
                && native.explanation?.hasSuffix("%") == true
        case .pyspfNamesInExplanation:
            return native.result == .fail && other.result == .fail && other.explanation == nil && item.mentions("%{p}")
        case .libspf2PrefixZero: return try await comesTo(other, item) { $0.voidLookups = 2 }
        case .libspf2NoVoidLimit: return try await comesTo(other, item) { _ in }
        case .libspf2IncludedLookups:
            // Bounded, because policies may include themselves.
            return try await comesTo(other, item) { $0.lookups = 40 }
        case .libspf2Exchanges: return try await comesTo(other, item) { $0.exchanges = .max }
        case .libspf2RedirectFirst:
            guard item.mentions("redirect=") else { return false }
            return try await comesTo(other, item.withRedirectsFirst) { $0.exchanges = .max }
        case .libspf2Several:
            return try await comesTo(other, item.withRedirectsFirst) {
                $0.exchanges = .max
                $0.lookups = 40
            }
        case .libspf2TimeoutOfNames:
            return other.result == .temperror && problem == "\(DNSFailure.timeout)" && item.mentions("ptr", "%{p}")
        case .libspf2Pointers:
            return other.result == .permerror && item.clientNames.count > 10 && item.mentions("ptr", "%{p}")
        case .libspf2Nibbles:
            return native.result == .fail && other.result == .fail && native.explanation != nil
                && native.explanation?.lowercased() == other.explanation?.lowercased()
        case .libspf2FirstOctet:
            return native.result == .fail && other.result == .fail && Self.hasLostOctet(native, other)
        case .libspf2OtherPointer:
            return native.result == .fail && other.result == .fail && Self.isOtherPointer(native, other, item)
        case .libspf2ModifierNames:
            return try await comesTo(other, item.withWrong { $0.contains("..") && $0.contains("=") }) { _ in }
        case .libspf2Slash:
            return try await comesTo(other, item.withWrong { $0.contains("=") && $0.contains("/}") }) { _ in }
        case .libspf2DotInPointer: return item.mentions("ptr:h1.example.net.")
        }
    }

    private static func hasLostOctet(_ native: SPFOutcome, _ other: SPFOutcome) -> Bool {
        guard let text = native.explanation?.lowercased(), let shorter = other.explanation?.lowercased() else {
            return false
        }
        return shorter.count < text.count && text.hasSuffix(shorter)
    }

    /// Whether the explanations are the same but for one of several names that the client has.
    private static func isOtherPointer(_ native: SPFOutcome, _ other: SPFOutcome, _ item: GeneratedCase) -> Bool {
        guard item.mentions("%{p}"), let text = native.explanation?.lowercased(), let explanation = other.explanation
        else { return false }
        let names = Set(item.clientNames)
        return names.contains { name in
            names.contains { text.replacingOccurrences(of: name, with: $0) == explanation.lowercased() }
        }
    }

    /// Whether the native engine says the same without the limit of empty answers, and with other limits.
    private func comesTo(
        _ other: SPFOutcome, _ item: GeneratedCase, _ change: (inout SPFLimits) -> Void
    ) async throws -> Bool {
        let item = item.withWrong { $0.hasSuffix("/0") || $0.contains("/0/") }
        var evaluator = NativeSPFEvaluator(try item.resolver)
        evaluator.limits.voidLookups = .max
        change(&evaluator.limits)
        let outcome = await evaluator.evaluate(try item.request)
        return outcome.result == other.result
            && (outcome.explanation?.lowercased() == other.explanation?.lowercased()
                || Self.hasLostOctet(outcome, other) || Self.isOtherPointer(outcome, other, item))
    }
}

extension GeneratedCase {
    /// Whether a policy or an explanation has one of these in it.
    func mentions(_ words: String...) -> Bool {
        texts.contains { text in words.contains { text.lowercased().contains($0) } }
    }

    /// The names that the client's address has, as often as it has them.
    var clientNames: [String] {
        guard let address = try? IPAddress(client) else { return [] }
        return (zone["\(DNSName(reverseOf: address))"] ?? []).filter { $0[0] == "PTR" }.map { $0[1] }
    }
}
