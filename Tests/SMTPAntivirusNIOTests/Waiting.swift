/// Something that does not come about.
struct Problem: Error, CustomStringConvertible {
    let description: String
}

/// Waits until something holds, on a machine that may have much else to do; ten minutes at most.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(600)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw Problem(description: "\(what): not within ten minutes") }
        try await Task.sleep(for: .milliseconds(1))
    }
}
