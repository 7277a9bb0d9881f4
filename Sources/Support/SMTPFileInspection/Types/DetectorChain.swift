/// Detectors that are asked one after the other.
public struct DetectorChain: FileTypeDetector {
    /// The detectors in order.
    public var detectors: [any FileTypeDetector]

    /// Detectors in this order.
    public init(_ detectors: any FileTypeDetector...) { self.detectors = detectors }

    /// What the first one says that knows the type.
    public func type(of beginning: Span<UInt8>) -> DetectedFileType? {
        for detector in detectors {
            if let type = detector.type(of: beginning) { return type }
        }
        return nil
    }
}
