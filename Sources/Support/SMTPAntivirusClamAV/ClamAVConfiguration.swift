#if ClamAV
/// How a ``ClamAVScanner`` works.
public struct ClamAVConfiguration: Sendable, Hashable {
    /// The folder of the signature databases, or one file of them.
    public var database: String
    /// How many scans run at the same time, each on a thread of its own; others wait.
    public var threads = 2
    /// How far a scan goes.
    public var limits = ClamAVLimits()
    /// Where the library writes what it unpacks, in a folder that nobody else may read and that is gone afterwards. `nil` for `/dev/shm` where
    /// that is memory, and `/tmp` elsewhere.
    public var temporaryFolder: String?
    /// Whether files that were found clean are remembered within the library, so that they are not scanned again.
    public var remembersCleanFiles = true
    /// Whether signatures are loaded for programs that are unwanted rather than malicious.
    public var detectsUnwantedPrograms = false
    /// Whether documents with macros count as infected.
    public var detectsMacros = false

    /// The defaults.
    ///
    /// - Parameter database: the folder of the signature databases, such as `/var/lib/clamav`.
    public init(database: String) { self.database = database }
}

/// How far a scan by a ``ClamAVScanner`` goes. What exceeds one of these is reported as not scanned.
public struct ClamAVLimits: Sendable, Hashable {
    /// Octets of a file, that in an archive included: 100 MiB.
    public var fileSize = 100 << 20
    /// Octets that are scanned of a sample, all that is unpacked from it included: 400 MiB.
    public var scanSize = 400 << 20
    /// How deep archives in archives are looked into.
    public var recursion = 17
    /// Files in a sample.
    public var files = 10_000
    /// How long a scan may take. The library looks at the time now and then only.
    public var time = Duration.seconds(20)

    /// The defaults.
    public init() {}
}
#endif
