extension ScanVerdict {
    /// What a name means that ClamAV gives, in the library or over the network.
    ///
    /// With the alerts for limits and encryption switched on, it gives what it could not scan out as a virus of a name that begins with
    /// `Heuristics.Limits.Exceeded` or `Heuristics.Encrypted`.
    public init(clamAVSignature name: String) {
        self =
            if name.hasPrefix("Heuristics.Limits.Exceeded.MaxScanTime") {
                .unscanned(.deadline)
            } else if name.hasPrefix("Heuristics.Limits.Exceeded") {
                .unscanned(.limitExceeded(name))
            } else if name.hasPrefix("Heuristics.Encrypted") {
                .unscanned(.encrypted(name))
            } else {
                .infected(name)
            }
    }
}
