import Benchmark
import SMTPMethodFilter
import SMTPProtocolCompliance
import SMTPSecurity

/// Commands as they come in a busy hour.
private let corpus: [[UInt8]] = [
    "EHLO mail.example.org", "MAIL FROM:<alice.smith@mail.example.org> SIZE=10240 BODY=8BITMIME",
    "RCPT TO:<bob@example.com>",
    "RCPT TO:<carol@sub.example.com> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;carol@example.com", "DATA",
    "RSET", "NOOP", "MAIL FROM:<>", "BDAT 86400 LAST", "AUTH PLAIN AHVzZXIAcGFzc3dvcmQ=", "VRFY bob", "QUIT",
].map { Array($0.utf8) }

private let text: [UInt8] = {
    let line = Array("The quick brown fox jumps over the lazy dog, and so on to seventy-two.\r\n".utf8)
    return (0..<15_000).flatMap { _ in line }
}()

private func session() -> ServerSession<CheckPair<SingleCheck<ProtocolCompliance>, SingleCheck<MethodFilter>>> {
    let pipeline = CheckPipeline {
        ProtocolCompliance()
        MethodFilter()
    }
    let endpoint = Endpoint(.v4(0x7F00_0001), port: 25)
    return ServerSession(
        pipeline: pipeline,
        connection: ConnectionInfo(
            session: SessionID(rawValue: 1), client: endpoint, local: endpoint, time: Timestamp(seconds: 1_800_000_000))
    )
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(metrics: [.wallClock, .instructions, .throughput], maxDuration: .seconds(2))

    Benchmark("Commands, mixed", configuration: .init(scalingFactor: .kilo)) { benchmark in
        var command = ParsedCommand()
        for _ in benchmark.scaledIterations {
            for line in corpus {
                try CommandParser.parse(line.span, into: &command)
                blackHole(command.verb)
            }
        }
    }

    Benchmark("Message data, 1 MiB of text") { benchmark in
        var content: [UInt8] = []
        content.reserveCapacity(text.count + 64)
        for _ in benchmark.scaledIterations {
            content.removeAll(keepingCapacity: true)
            var scanner = DataScanner()
            blackHole(scanner.consume(text.span, into: &content))
        }
    }

    Benchmark("MAIL and RSET through a session with two checks", configuration: .init(scalingFactor: .kilo)) {
        benchmark in
        var session = session()
        let now = Timestamp(seconds: 1_800_000_000)
        func play(_ text: String) {
            let octets = Array(text.utf8)
            var offset = 0
            while true {
                let step = session.step(octets.span.extracting(droppingFirst: offset), at: now)
                offset += step.consumed
                switch step.action {
                case .needsInput, .wait, .close: return
                case .greet: session.reply(Reply(220, "x"), at: now)
                case .command: session.reply(Reply(250, "x"), at: now)
                default: break
                }
            }
        }
        play("")
        play("EHLO client.example\r\n")
        for _ in benchmark.scaledIterations {
            play("MAIL FROM:<alice@example.org>\r\n")
            play("RSET\r\n")
            session.output.removeAll(keepingCapacity: true)
        }
    }
}
