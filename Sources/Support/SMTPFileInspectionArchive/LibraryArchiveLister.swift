#if Archive
public import SMTPFileInspection

/// Says what is inside archives with libarchive: zip, 7z, rar, tar, cab, iso, lha, cpio, ar, xar, and what gzip, bzip2, xz, zstd, lz4, lzma and
/// compress have packed.
///
/// ```swift
/// let listing = LibraryArchiveLister().list(octets.span, name: Array("mail.zip".utf8))
/// ```
///
/// Everything happens in memory: nothing is written to a disk, and no other program is run. Entries are read to know what they are, as far as the
/// limits go; archives inside are listed too.
public struct LibraryArchiveLister: ArchiveLister {
    /// Says what an entry is.
    public var detector: any FileTypeDetector

    /// A lister.
    ///
    /// - Parameter detector: says what an entry is, and which entries are archives.
    public init(detector: any FileTypeDetector = SignatureDetector()) { self.detector = detector }

    /// Lists an archive and the archives inside it.
    public func list(
        _ archive: Span<UInt8>, name: [UInt8], limits: ArchiveLimits, isCancelled: () -> Bool
    ) -> ArchiveListing {
        var work = ArchiveWork(limits: limits, detector: detector, packed: UInt64(archive.count))
        work.list(archive, name: name, depth: 1, container: nil, isCancelled)
        // Breadth first: an archive before what is in it.
        while let next = work.takeNext() {
            work.list(next.octets.span, name: next.name, depth: next.depth, container: next.container, isCancelled)
        }
        return work.listing
    }
}
#endif
