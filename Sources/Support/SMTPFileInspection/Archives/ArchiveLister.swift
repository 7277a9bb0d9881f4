/// Says what is inside an archive.
public protocol ArchiveLister: Sendable {
    /// Lists an archive and the archives inside it. Works as long as that takes: not for a thread that others wait for.
    ///
    /// - Parameters:
    ///   - archive: the whole archive.
    ///   - name: what the archive is called, in octets as they are; one compressed file is named by it. May be empty.
    ///   - limits: where to stop.
    ///   - isCancelled: asked again and again; the answer `true` ends the work with what is known by then.
    func list(
        _ archive: Span<UInt8>, name: [UInt8], limits: ArchiveLimits, isCancelled: () -> Bool
    ) -> ArchiveListing
}

extension ArchiveLister {
    /// Lists an archive and the archives inside it, with the usual limits.
    public func list(_ archive: Span<UInt8>, name: [UInt8]) -> ArchiveListing {
        list(archive, name: name, limits: ArchiveLimits()) { false }
    }
}
