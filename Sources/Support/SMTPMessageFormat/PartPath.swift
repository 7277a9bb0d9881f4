/// Where a part is in a message: the numbers, from 1, of the parts that lead to it. The message itself has the empty path.
///
/// The only part of a nested message is its body, so that part 2, a `message/rfc822`, has the nested message as 2.1.
public struct PartPath: Sendable, Hashable, CustomStringConvertible {
    /// The numbers, the outermost first.
    public var numbers: [Int]

    /// A path.
    public init(_ numbers: [Int] = []) { self.numbers = numbers }

    /// How deep the part is; the message itself is at 0.
    public var depth: Int { numbers.count }

    /// `2.1`; `0` for the message itself.
    public var description: String {
        numbers.isEmpty ? "0" : numbers.map { String($0) }.joined(separator: ".")
    }

    func child(_ number: Int) -> PartPath { PartPath(numbers + [number]) }
}
