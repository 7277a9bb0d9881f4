/// What is wrong with the address of a scanner.
public struct ScannerAddressError: Error, Sendable, Hashable, CustomStringConvertible {
    /// How many octets before the place are right.
    public let position: Int
    /// What is wrong there, in words.
    public let problem: String

    /// `at 7: the port is not a number from 1 to 65535`.
    public var description: String { "at \(position): \(problem)" }

    init(at position: Int, _ problem: String) {
        self.position = position
        self.problem = problem
    }
}
