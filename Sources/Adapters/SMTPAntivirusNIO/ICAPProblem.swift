/// Why an answer of an ICAP server is not understood.
struct ICAPProblem: Error, Sendable, Hashable {
    /// In words.
    let text: String

    init(_ text: String) {
        self.text = text
    }
}
