extension StringProtocol where SubSequence == Substring {
    /// Without spaces at both ends.
    var trimmed: Substring {
        let start = drop { $0 == " " }
        guard let end = start.lastIndex(where: { $0 != " " }) else { return "" }
        return start[...end]
    }
}
