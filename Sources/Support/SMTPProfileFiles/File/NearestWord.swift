/// Finds what somebody may have meant.
enum NearestWord {
    /// The word of a list that takes the fewest changes of letters; `nil` if none is near.
    static func to(_ word: String, in list: [String]) -> String? {
        let word = Array(word.lowercased().replacing("_", with: "-").utf8.prefix(64))
        var best: (word: String, distance: Int)?
        for candidate in list {
            let distance = distance(word, Array(candidate.lowercased().utf8))
            guard distance <= max(1, min(word.count, candidate.utf8.count) / 3) else { continue }
            if distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.word
    }

    /// Insertions, deletions, changes and swaps of neighbours (Damerau's distance, restricted).
    static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var before = [Int](repeating: 0, count: second.count + 1)
        var above = Array(0...second.count)
        for row in first.indices {
            var current = [row + 1]
            for column in second.indices {
                var cost = min(
                    above[column + 1] + 1, current[column] + 1, above[column] + (first[row] == second[column] ? 0 : 1))
                if row > 0, column > 0, first[row] == second[column - 1], first[row - 1] == second[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            before = above
            above = current
        }
        return above[second.count]
    }
}
