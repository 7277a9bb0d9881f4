#if Magic
import SMTPFileInspection
@testable import SMTPFileInspectionMagic
import Testing

@Suite("The detector on libmagic")
struct MagicDetectorTests {
    private static let program: [UInt8] =
        Array("MZ".utf8) + Array(repeating: 0, count: 58) + [0x40, 0, 0, 0] + Array("PE\0\0".utf8)
        + [0x64, 0x86, 1, 0] + Array(repeating: 0, count: 12) + [0xF0, 0, 0x22, 0, 0x0B, 2]
        + Array(repeating: 0, count: 300)
    private static let elf: [UInt8] =
        [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + Array(repeating: 0, count: 9) + [2, 0, 0x3E, 0, 1]
        + Array(repeating: 0, count: 100)
    private static let zip: [UInt8] =
        [0x50, 0x4B, 3, 4, 20, 0] + Array(repeating: 0, count: 20) + [1, 0, 0, 0, 0x61]
        + Array(repeating: 0, count: 100)

    static let files: [(octets: [UInt8], isExecutable: Bool, isArchive: Bool, types: Set<String>)] = [
        (program, true, false, ["application/x-dosexec", "application/vnd.microsoft.portable-executable"]),
        (elf, true, false, ["application/x-executable"]),
        (zip, false, true, ["application/zip"]),
        (Array("%PDF-1.7\n%abc\n1 0 obj\n".utf8), false, false, ["application/pdf"]),
        (Array("Dear Sir or Madam,\nhere is your invoice.\n".utf8), false, false, ["text/plain"]),
        (Array("#!/bin/sh\nexit 0\n".utf8), true, false, ["text/x-shellscript"]),
    ]

    @Test("knows usual files", arguments: files.indices)
    func usual(_ index: Int) throws {
        let file = Self.files[index]
        let type = try #require(try MagicDetector().type(of: file.octets.span))
        #expect(file.types.contains(type.mediaType), "\(type)")
        #expect(type.isExecutable == file.isExecutable && type.isArchive == file.isArchive)
    }

    @Test("knows nothing of no octets, nor of one", arguments: [[], [0x4D], [0]] as [[UInt8]])
    func short(_ octets: [UInt8]) throws {
        #expect(try MagicDetector().type(of: octets.span) == nil)
    }

    @Test("serves more tasks than it has handles")
    func concurrent() async throws {
        var configuration = MagicConfiguration()
        configuration.handles = 2
        let detector = try MagicDetector(configuration)
        await withTaskGroup(of: Bool.self) { group in
            for task in 0..<8 {
                group.addTask {
                    (0..<200).allSatisfy { round in
                        let file = Self.files[(task + round) % Self.files.count]
                        return detector.type(of: file.octets.span).map { file.types.contains($0.mediaType) } ?? false
                    }
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test(
        "has the same answer, remembered or not, also when more is asked than is remembered",
        arguments: [0, 1, 4, 4096])
    func remembered(_ count: Int) throws {
        var configuration = MagicConfiguration()
        configuration.rememberedAnswers = count
        let detector = try MagicDetector(configuration)
        for round in 0..<3 {
            for (index, file) in Self.files.enumerated() {
                let answer = detector.type(of: file.octets.span)
                let type = try #require(answer)
                #expect(file.types.contains(type.mediaType), "round \(round), file \(index): \(type)")
            }
        }
    }

    @Test("remembers what is asked for again, and not more than twice the number")
    func bounded() {
        let cache = AnswerCache(4)
        var asked: [UInt8] = []
        func ask(_ octet: UInt8) -> String? {
            cache.answer(for: [octet].span) { octets in
                asked.append(octets[0])
                return octets[0] == 0 ? nil : "text/x-\(octets[0])"
            }
        }
        for octet in 0..<100 as Range<UInt8> {
            #expect(ask(octet) == (octet == 0 ? nil : "text/x-\(octet)"))
            #expect(ask(0) == nil)
            #expect(cache.count <= 8)
        }
        // That nothing is known is an answer too.
        #expect(asked == Array(0..<100))
        #expect(ask(99) == "text/x-99" && ask(1) == "text/x-1")
        #expect(asked == Array(0..<100) + [1])
    }

    @Test("says why there is none without a database")
    func noDatabase() {
        var configuration = MagicConfiguration()
        configuration.database = "/nonexistent/magic.mgc"
        let error = #expect(throws: MagicError.self) { try MagicDetector(configuration) }
        #expect(error?.description.contains("/nonexistent/magic.mgc") == true)
    }
}
#endif
