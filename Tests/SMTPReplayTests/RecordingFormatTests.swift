import SMTPSecurity
import SMTPSecurityTesting
import Testing

@testable import SMTPReplay

@Suite("The format of recordings")
struct RecordingFormatTests {
    private static func octets(_ random: inout Generator, _ most: Int) -> [UInt8] {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    private static func reply(_ random: inout Generator) -> Reply {
        let lines = (0...Int.random(in: 0...3, using: &random)).map { "line \($0) é \(random.next())" }
        let status =
            Bool.random(using: &random) ? EnhancedStatusCode(5, UInt16.random(in: 0...999, using: &random), 1) : nil
        return Reply(UInt16.random(in: 200...599, using: &random), status, lines: lines)
    }

    private static func failure(_ random: inout Generator) -> UpstreamSession.Failure {
        switch random.next() % 5 {
        case 0: .connectFailed(Evidence("no route to \(random.next())"))
        case 1: .closed
        case 2: .timedOut
        case 3: .malformedReply(ReplyParseError.allCases.randomElement(using: &random) ?? .malformedCode)
        default: .unsolicitedReply(reply(&random))
        }
    }

    private static func content(_ random: inout Generator) -> RecordedFrame.Content {
        let part = TapeEvent.Part.allCases.randomElement(using: &random) ?? .line
        switch random.next() % 10 {
        case 0:
            let client = Endpoint(.v6(random.next(), random.next()), port: UInt16(truncatingIfNeeded: random.next()))
            let local = Endpoint(.v4(UInt32(truncatingIfNeeded: random.next())), port: 25)
            return .begin(client: client, local: local, profile: "inbound-\(random.next() % 9) ü")
        case 1: return .cut(Bool.random(using: &random) ? .queueFull : .sessionLimit)
        case 2: return .event(.reply(reply(&random)))
        case 3: return .event(Bool.random(using: &random) ? .upstreamConnected : .unread(Int(random.next() % 99_999)))
        case 4: return .event(.upstreamReply(reply(&random), to: octets(&random, 60)))
        case 5: return .event(.upstreamFailed(failure(&random), after: octets(&random, 60)))
        case 6: return .event(random.next() % 2 == 0 ? .tlsEstablished : .disconnected)
        case 7: return .event(.closed)
        default: return .event(.client(part, octets(&random, 300), isEnd: Bool.random(using: &random)))
        }
    }

    private static func frames(_ random: inout Generator, _ most: Int) -> [RecordedFrame] {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in
            RecordedFrame(
                content(&random), session: SessionID(rawValue: random.next()),
                at: Timestamp(nanoseconds: Int64(truncatingIfNeeded: random.next())))
        }
    }

    private static func file(_ frames: [RecordedFrame]) -> [UInt8] {
        var octets = RecordingHeader(run: 7, number: 1).octets
        for frame in frames { FrameEncoder.append(frame, to: &octets) }
        return octets
    }

    /// Reads as far as it goes.
    private static func read(_ octets: [UInt8]) -> (frames: [RecordedFrame], isCutOff: Bool, error: RecordingError?) {
        var found: [RecordedFrame] = []
        do throws(RecordingError) {
            var reader = try RecordingReader(octets: octets, file: "x.smtprec")
            while let frame = try reader.next() { found.append(frame) }
            return (found, reader.isCutOff, nil)
        } catch {
            return (found, false, error)
        }
    }

    @Test("reads what was written")
    func generatedRoundTrip() {
        var random = Generator(seed: 51)
        for _ in 0..<min(Generator.cases(200), 20_000) {
            let frames = Self.frames(&random, 12)
            let (found, isCutOff, error) = Self.read(Self.file(frames))
            #expect(found == frames)
            #expect(!isCutOff && error == nil)
        }
    }

    @Test("reads up to where a file ends early, and says so")
    func generatedEnds() {
        var random = Generator(seed: 52)
        for _ in 0..<min(Generator.cases(200), 20_000) {
            let frames = Self.frames(&random, 6)
            let whole = Self.file(frames)
            let (found, isCutOff, error) = Self.read(
                Array(whole.prefix(Int.random(in: 32...whole.count, using: &random))))
            #expect(error == nil)
            #expect(frames.starts(with: found))
            #expect(isCutOff || Self.file(found).count <= whole.count)
        }
    }

    @Test("says where a file is damaged, what was found, and what belongs there")
    func generatedDamage() {
        var random = Generator(seed: 53)
        for _ in 0..<min(Generator.cases(1_000), 100_000) {
            let frames = Self.frames(&random, 6)
            var octets = Self.file(frames)
            let place = Int.random(in: 0..<octets.count, using: &random)
            octets[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
            let (found, isCutOff, error) = Self.read(octets)
            #expect(frames.starts(with: found), "nothing is read that was not written")
            // A length that is wrong may reach beyond the end.
            guard let error else {
                #expect(isCutOff)
                continue
            }
            #expect(error.offset.map { $0 <= UInt64(octets.count) } == true)
            #expect(error.description.hasPrefix("x.smtprec: at octet "))
            #expect(error.description.contains("found") && error.description.contains("belongs there"))
        }
    }

    @Test("takes arbitrary octets for an error, or for the end, whatever they are")
    func generatedOctets() {
        var random = Generator(seed: 54)
        for _ in 0..<min(Generator.cases(1_000), 100_000) {
            var octets = Self.octets(&random, 400)
            if Bool.random(using: &random) { octets = RecordingHeader(run: 1, number: 1).octets + octets }
            let (found, isCutOff, error) = Self.read(octets)
            #expect(found.isEmpty)
            #expect(isCutOff || error != nil || octets.count == 32)
        }
    }

    @Test("looks at everything in a frame whose checksum is right")
    func generatedPayloads() {
        var random = Generator(seed: 55)
        for _ in 0..<min(Generator.cases(2_000), 200_000) {
            var payload = Self.octets(&random, 60)
            // Small numbers are lengths that fit.
            for index in payload.indices where Bool.random(using: &random) { payload[index] &= 7 }
            let kind = FrameKind.allCases.randomElement(using: &random) ?? .reply
            var decoder = FrameDecoder(payload, file: "x", at: 56)
            do throws(RecordingError) {
                let content = try decoder.content(kind, isEnd: false)
                var octets: [UInt8] = []
                FrameEncoder.append(RecordedFrame(content, session: .init(rawValue: 1), at: start), to: &octets)
                let again = Array(
                    octets.dropFirst(RecordingFormat.frameHeadSize).dropLast(RecordingFormat.checksumSize))
                if kind != .upstreamFailure, kind != .begin, kind != .reply, kind != .upstreamReply {
                    #expect(again == payload)
                }
            } catch {
                #expect(error.offset.map { (56...56 + UInt64(payload.count)).contains($0) } == true)
            }
        }
    }

    @Test("never holds more than a frame, however long it says that it is")
    func lengths() {
        var octets = RecordingHeader(run: 1, number: 1).octets
        octets += [4, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF] + [UInt8](repeating: 0, count: 16)
        let (_, _, error) = Self.read(octets)
        #expect(
            error?.description
                == "x.smtprec: at octet 36: found a payload of 4294967295 octets, at most 131072 belongs there")
    }

    @Test("is what the documentation says")
    func example() {
        let frame = RecordedFrame(
            .event(.client(.line, Array("QUIT\r\n".utf8), isEnd: true)), session: SessionID(rawValue: 2),
            at: Timestamp(nanoseconds: 3))
        var octets: [UInt8] = []
        FrameEncoder.append(frame, to: &octets)
        #expect(octets.prefix(24) == [2, 1, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0])
        #expect(octets[24..<30] == Array("QUIT\r\n".utf8)[...])
        #expect(octets.count == 34)
        // The check value of CRC-32.
        #expect(CRC32.checksum(Array("123456789".utf8)[...]) == 0xCBF4_3926)
    }

    @Test("keeps what is too long for a frame in several")
    func long() {
        let all = [UInt8](repeating: 7, count: 150_000)
        let octets = Self.file([
            RecordedFrame(.event(.client(.message, all, isEnd: true)), session: .init(rawValue: 1), at: start)
        ])
        let (found, _, error) = Self.read(octets)
        #expect(error == nil)
        let pieces = found.map { frame -> (Int, Bool) in
            guard case .event(.client(.message, let octets, let isEnd)) = frame.content else { return (0, false) }
            return (octets.count, isEnd)
        }
        #expect(pieces.map(\.0) == [65_536, 65_536, 18_928])
        #expect(pieces.map(\.1) == [false, false, true])
    }
}
