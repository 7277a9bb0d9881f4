import ArgumentParser
import Foundation
import SMTPDNS
import SMTPDNSUnbound
import SMTPSecurity
import SMTPSenderPolicy
import SMTPSenderPolicySPF2
import Synchronization

/// Asks a sender's policy, and shows how the answer came about.
@main
struct SPFQuery: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spf-check",
        abstract: "Says whether a client may send for a domain (RFC 7208), and why.",
        discussion: """
            Example: spf-check --ip 192.0.2.3 --helo mail.example.org --from alice@example.org

            Prints each look-up, then the result. Ends with 0 for pass, neutral and none, 1 for fail and softfail, 2 for temperror and \
            permerror.
            """)

    /// Who evaluates.
    enum Engine: String, ExpressibleByArgument, CaseIterable {
        case native
        case libspf2
    }

    @Option(help: ArgumentHelp("The client's address.", valueName: "address"))
    var ip: String

    @Option(help: ArgumentHelp("The name of its EHLO or HELO.", valueName: "name"))
    var helo: String

    @Option(help: ArgumentHelp("The sender; without it the client's name is asked for.", valueName: "address"))
    var from: String?

    @Option(
        help: ArgumentHelp("The name server to ask; the system's unless said otherwise.", valueName: "address[:port]"))
    var resolver: String?

    @Option(help: ArgumentHelp("Answer from this master file, and ask nobody.", valueName: "file"))
    var zone: String?

    @Option(help: "Who evaluates: this library's own engine, or libspf2.")
    var engine = Engine.native

    @Option(help: ArgumentHelp("The name of the host that judges, for explanations.", valueName: "name"))
    var receiver = "localhost"

    func validate() throws {
        if resolver != nil, zone != nil { throw ValidationError("--resolver and --zone exclude each other") }
    }

    func run() async throws {
        guard let client = try? IPAddress(ip) else {
            throw ValidationError("--ip \(ip): an IPv4 or IPv6 address is needed, for example 192.0.2.3 or 2001:db8::3")
        }
        let request = SPFRequest(
            from == nil ? .helo : .mailFrom, client: client, helo: Array(helo.utf8), sender: Array((from ?? "").utf8),
            receiver: receiver, time: Timestamp(seconds: Int64(Date.now.timeIntervalSince1970)))
        let witness = Witness(resolver: try openResolver())
        let clock = ContinuousClock()
        var outcome = SPFOutcome(.none)
        let time = await clock.measure {
            switch engine {
            case .native: outcome = await NativeSPFEvaluator(witness).evaluate(request)
            case .libspf2: outcome = await SPF2Evaluator(witness).evaluate(request)
            }
        }
        for line in witness.lines { print("look-up     \(line)") }
        print("result      \(outcome.result.rawValue)")
        if let mechanism = outcome.mechanism { print("mechanism   \(Evidence(mechanism))") }
        if let problem = outcome.problem { print("problem     \(problem)") }
        if let explanation = outcome.explanation { print("explanation \(Evidence(explanation))") }
        print("counted     \(outcome.lookups) of 10 terms with look-ups, \(outcome.voidLookups) of 2 without an answer")
        print("time        \(time.formatted(.units(allowed: [.milliseconds], fractionalPart: .show(length: 2))))")
        switch outcome.result {
        case .pass, .neutral, .none: break
        case .fail, .softfail: throw ExitCode(1)
        case .temperror, .permerror: throw ExitCode(2)
        }
    }

    private func openResolver() throws -> any DNSResolver {
        if let zone {
            do {
                return try ZoneResolver(masterFile: String(contentsOfFile: zone, encoding: .utf8))
            } catch {
                throw ValidationError("--zone \(zone): \(error)")
            }
        }
        var configuration = UnboundConfiguration()
        if let resolver {
            guard let forwarder = Self.forwarder(resolver) else {
                throw ValidationError(
                    "--resolver \(resolver): an address is needed, for example 192.0.2.53, 127.0.0.1:5353 or [2001:db8::53]:53"
                )
            }
            configuration.upstream = .forwarders([forwarder])
        }
        do {
            return try UnboundResolver(configuration)
        } catch {
            throw ValidationError("--resolver \(resolver ?? "of the system"): \(error)")
        }
    }

    private static func forwarder(_ text: String) -> UnboundConfiguration.Forwarder? {
        if let address = try? IPAddress(text) { return .init(address) }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let address = try? IPAddress(String(host)) else { return nil }
        return .init(address, port: port)
    }
}

/// Writes down what is asked and answered.
///
/// A class because its identity is the point: the evaluator has a copy of the reference.
private final class Witness: DNSResolver {
    private let resolver: any DNSResolver
    private let seen = Mutex<[String]>([])

    init(resolver: any DNSResolver) { self.resolver = resolver }

    var lines: [String] { seen.withLock { $0 } }

    func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
        do throws(DNSFailure) {
            let answer = try await resolver.answer(question)
            let text =
                switch answer.outcome {
                case .nonexistent: "does not exist"
                case .noData: "nothing"
                case .records(let records): records.map { Self.text($0) }.joined(separator: ", ")
                }
            note(question, answer.security == .secure ? "\(text) (validated)" : text)
            return answer
        } catch {
            note(question, "\(error)")
            throw error
        }
    }

    private func note(_ question: DNSQuestion, _ text: String) { seen.withLock { $0.append("\(question): \(text)") } }

    private static func text(_ record: DNSRecord) -> String {
        switch record {
        case .address(let address): "\(address)"
        case .cname(let name), .ptr(let name): "\(name)"
        case .mx(let preference, let exchange): "\(preference) \(exchange)"
        case .txt(let strings): "\"\(Evidence(Array(strings.joined()).span))\""
        }
    }
}
