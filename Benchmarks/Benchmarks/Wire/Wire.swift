import Benchmark
import WireCases

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .instructions, .throughput], maxDuration: .seconds(2))

    for kind in CommandCorpus.Kind.allCases {
        var corpus = CommandCorpus()
        let octets = corpus.octets(1_000, kind)
        Benchmark("1,000 commands, \(kind.rawValue)") { benchmark in
            for _ in benchmark.scaledIterations {
                var pass = CommandPass()
                pass.run(octets.span)
                blackHole(pass.checksum)
            }
        }
    }

    for kind in MessageCorpus.Kind.allCases {
        var corpus = MessageCorpus()
        // One line of 10 MiB; of everything else one is enough.
        let mebibytes = kind == .oneLine ? 10 : 1
        let octets = corpus.octets(mebibytes * 1_048_576, kind) + Array("\r\n.\r\n".utf8)
        Benchmark("Scan \(mebibytes) MiB, \(kind.rawValue)") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(MessagePass.scan(octets, by: 65_536)) }
        }
        Benchmark("Un-stuff \(mebibytes) MiB, \(kind.rawValue)") { benchmark in
            for _ in benchmark.scaledIterations { blackHole(MessagePass.unstuff(octets, by: 65_536)) }
        }
    }

    for checks in SessionPass.CheckCount.allCases {
        Benchmark("Session, 1,000 commands, \(checks.rawValue) checks") { benchmark in
            for _ in benchmark.scaledIterations {
                blackHole(SessionPass.run(checks: checks, rounds: 200) { $0() }.octets)
            }
        }
    }

    Benchmark("Replies of a session") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(PartPass.replies(PartPass.sessionReplies)) }
    }

    Benchmark("Mailboxes and IP addresses") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(PartPass.addresses(PartPass.addressTexts)) }
    }

    var commands = CommandCorpus()
    let corpus = ParsedCorpus(commands.octets(1_000))
    Benchmark("Serialise 1,000 commands") { benchmark in
        var output: [UInt8] = []
        for _ in benchmark.scaledIterations {
            PartPass.serialize(corpus, into: &output)
            blackHole(output.count)
        }
    }

    var messages = MessageCorpus()
    let text = messages.octets(1_048_576, .text)
    Benchmark("BDAT, 1 MiB in chunks of 64 KiB") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(PartPass.chunks(text, of: 65_536)) }
    }
}
