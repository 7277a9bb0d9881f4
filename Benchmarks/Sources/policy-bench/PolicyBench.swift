import ArgumentParser
import Foundation
import SMTPDNS
import SMTPSecurity
import SMTPSenderPolicy

@main
struct PolicyBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-bench",
        abstract: "Measures what an evaluation of an SPF policy takes.",
        discussion: "Prints one JSON object per line. Build it optimised: swift build -c release.")

    @Option(help: "How many evaluations in a round.")
    var evaluations = 100_000

    @Option(help: "How many rounds. Figures are medians.")
    var iterations = 9

    @Option(help: "How many evaluations at a time against a slow resolver.")
    var concurrent = 2_000

    func run() async throws {
        let zone = try Self.zone()
        try measure("ip4 and all, from a cache", "one", zone)
        try measure("three levels, eight terms with look-ups, from a cache", "three", zone)
        try await measureSlow(zone)
    }

    private static func zone() throws -> ZoneResolver {
        var zone = ZoneResolver()
        for (name, text) in [
            ("one", "v=spf1 ip4:198.51.100.0/24 ip4:192.0.2.0/24 -all"),
            ("three", "v=spf1 include:a.example.org include:b.example.org -all"),
            ("a", "v=spf1 include:a1.example.org include:a2.example.org ?all"),
            ("b", "v=spf1 include:b1.example.org include:b2.example.org include:b3.example.org -all"),
            ("a1", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"),
            ("a2", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"),
            ("b1", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"),
            ("b2", "v=spf1 ip4:198.51.100.0/24 ip4:203.0.113.0/24 -all"),
            ("b3", "v=spf1 a:mail.example.org ip4:192.0.2.0/24 -all"),
        ] {
            zone.add(try DNSName("\(name).example.org"), .txt([Array(text.utf8)]))
        }
        zone.add(try DNSName("mail.example.org"), .address(.v4(0xC000_0208)))
        return zone
    }

    private func request(_ domain: String) throws -> SPFRequest {
        SPFRequest(
            .mailFrom, client: try IPAddress("192.0.2.7"), helo: Array("mx.example.org".utf8),
            sender: Array("alice@\(domain).example.org".utf8))
    }

    private func measure(_ what: String, _ domain: String, _ zone: ZoneResolver) throws {
        let request = try request(domain)
        // What the policy asks, answered beforehand.
        var cache: [DNSQuestion: DNSAnswer] = [:]
        let wanted = try evaluate(request) { question throws(DNSFailure) in
            let answer = try zone.lookUp(question)
            cache[question] = answer
            return answer
        }
        guard wanted.result == .pass else { throw ValidationError("\(what): \(wanted.result)") }
        let answers = cache
        var figures: [Double] = []
        for _ in 0..<iterations {
            let start = ContinuousClock.now
            for _ in 0..<evaluations {
                let outcome = try evaluate(request) { question throws(DNSFailure) in
                    guard let answer = answers[question] else { throw .timeout }
                    return answer
                }
                guard outcome.result == .pass else { throw ValidationError("\(what): \(outcome.result)") }
            }
            figures.append(start.duration(to: .now) / .nanoseconds(1) / Double(evaluations))
        }
        figures.sort()
        print(
            #"{"evaluation":"\#(what)","lookups":\#(wanted.lookups),"ns":\#(Int(figures[figures.count / 2])),"#
                + #""ns_best":\#(Int(figures[0])),"iterations":\#(iterations)}"#)
    }

    private func evaluate(
        _ request: SPFRequest, _ answer: (DNSQuestion) throws(DNSFailure) -> DNSAnswer
    ) throws -> SPFOutcome {
        var evaluation = SPFEvaluation(request)
        var step = evaluation.start()
        while case .ask(let question) = step {
            do throws(DNSFailure) {
                step = evaluation.resume(.success(try answer(question)))
            } catch {
                step = evaluation.resume(.failure(error))
            }
        }
        guard case .finished(let outcome) = step else { throw ExitCode.failure }
        return outcome
    }

    // MARK: Concurrency

    /// A resolver that takes a tenth of a second for each answer.
    private struct Slow: DNSResolver {
        let zone: ZoneResolver

        func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer {
            do { try await Task.sleep(for: .milliseconds(100)) } catch { throw .cancelled }
            return try zone.lookUp(question)
        }
    }

    private func measureSlow(_ zone: ZoneResolver) async throws {
        let evaluator = NativeSPFEvaluator(Slow(zone: zone))
        let request = try request("three")
        let start = ContinuousClock.now
        let passed = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<concurrent { group.addTask { await evaluator.evaluate(request).result == .pass } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        let seconds = start.duration(to: .now) / .seconds(1)
        print(
            #"{"evaluation":"three levels, each of ten answers after 100 ms","concurrent":\#(concurrent),"#
                + #""passed":\#(passed),"seconds":\#(String(format: "%.2f", seconds))}"#)
        guard passed == concurrent else { throw ExitCode.failure }
    }
}
