/// Something that does not come about.
struct Problem: Error, CustomStringConvertible {
    let description: String
}

/// Waits until something holds; a minute at most.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw Problem(description: "\(what): not within a minute") }
        try await Task.sleep(for: .milliseconds(1))
    }
}
