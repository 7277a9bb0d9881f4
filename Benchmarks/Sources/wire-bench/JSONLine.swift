import Foundation

/// One JSON object on a line of standard output, its members in the order given.
struct JSONLine {
    private var members: [String] = []

    mutating func add(_ name: String, _ value: Int) { members.append("\"\(name)\":\(value)") }
    mutating func add(_ name: String, _ value: UInt64) { members.append("\"\(name)\":\(value)") }
    mutating func add(_ name: String, _ value: Double) {
        members.append("\"\(name)\":\(value.isFinite ? String(format: "%.3f", value) : "null")")
    }
    mutating func addNull(_ name: String) { members.append("\"\(name)\":null") }

    func print() {
        Swift.print("{\(members.joined(separator: ","))}")
    }
}
