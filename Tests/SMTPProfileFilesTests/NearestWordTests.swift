import Testing

@testable import SMTPProfileFiles

@Suite("The nearest word")
struct NearestWordTests {
    @Test(
        "is the one with the fewest changes, if they are few",
        arguments: [
            ("deadlin", "deadline"), ("dealdine", "deadline"), ("Failure_Mode", "failure-mode"), ("xyz", nil),
            ("", nil),
            ("deadlines", "deadline"), ("fail", nil),
        ] as [(String, String?)])
    func nearest(_ word: String, _ expected: String?) {
        #expect(NearestWord.to(word, in: ["failure-mode", "deadline", "store"]) == expected)
    }

    @Test(
        "is counted by insertions, deletions, changes and swaps",
        arguments: [("", "", 0), ("a", "", 1), ("ab", "ba", 1), ("kitten", "sitting", 3), ("abc", "abc", 0)])
    func distance(_ first: String, _ second: String, _ expected: Int) {
        #expect(NearestWord.distance(Array(first.utf8), Array(second.utf8)) == expected)
        #expect(NearestWord.distance(Array(second.utf8), Array(first.utf8)) == expected)
    }
}
