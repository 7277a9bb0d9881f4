#if Archive
import CLibArchive
import SMTPFileInspection

/// A listing that is being made, and the archives inside that are still to be listed.
struct ArchiveWork {
    struct Nested {
        var octets: [UInt8]
        var name: [UInt8]
        var depth: Int
        var container: Int?
    }

    let limits: ArchiveLimits
    let detector: any FileTypeDetector
    /// Octets of the outermost archive.
    let packed: UInt64
    var listing = ArchiveListing()
    private var queue: [Nested] = []
    private var expanded: UInt64 = 0
    /// Whether a limit was met that ends all work.
    private var isOver = false

    init(limits: ArchiveLimits, detector: any FileTypeDetector, packed: UInt64) {
        self.limits = limits
        self.detector = detector
        self.packed = packed
    }

    mutating func takeNext() -> Nested? { isOver || queue.isEmpty ? nil : queue.removeFirst() }

    /// Lists one archive.
    mutating func list(
        _ archive: Span<UInt8>, name: [UInt8], depth: Int, container: Int?, _ isCancelled: () -> Bool
    ) {
        let type = detector.type(of: archive.extracting(first: min(archive.count, DetectedFileType.beginning)))
        archive.withUnsafeBytes { octets in
            let names = clibarchive_names_begin()
            defer { clibarchive_names_end(names) }
            if let type, Self.isPacked(type.mediaType) {
                unpack(octets, type.mediaType, name, depth, container, isCancelled)
            } else {
                listFiles(octets, name, depth, container, isCancelled)
            }
        }
        compareZip(archive, depth, container, isCancelled)
    }

    /// Whether it is one file that is packed.
    private static func isPacked(_ mediaType: String) -> Bool {
        [
            "application/gzip", "application/x-gzip", "application/x-bzip2", "application/x-xz", "application/x-lzma",
            "application/x-lzip", "application/zstd", "application/x-zstd", "application/x-lz4",
            "application/x-compress",
        ].contains(mediaType)
    }

    /// Unpacks one file, and looks whether it is an archive: of `tar.gz` both are one.
    private mutating func unpack(
        _ octets: UnsafeRawBufferPointer, _ mediaType: String, _ name: [UInt8], _ depth: Int, _ container: Int?,
        _ isCancelled: () -> Bool
    ) {
        guard var reader = ArchiveReader(packed: octets, mediaType: mediaType) else {
            return listing.noteDamage("\(mediaType) cannot be unpacked here".utf8)
        }
        guard case .more = reader.next() else { return listing.noteDamage(reader.problem) }
        var inner: [UInt8] = []
        let isWhole = read(reader, packed: UInt64(octets.count), keepsAll: { _ in true }, &inner, isCancelled)
        let detected = detector.type(of: inner.span.extracting(first: min(inner.count, DetectedFileType.beginning)))
        let innerName = Self.unpackedName(name)
        if detected?.mediaType == "application/x-tar" || detected?.mediaType == "application/x-gtar" {
            if isWhole || !inner.isEmpty {
                inner.withUnsafeBytes { listFiles($0, innerName, depth, container, isCancelled) }
            }
            return
        }
        var entry = ArchiveEntry(path: innerName, container: container, depth: depth, size: UInt64(inner.count))
        entry.detected = detected
        add(entry)
        if isWhole { enqueue(inner, entry, listing.entries.count - 1) }
    }

    /// A name without what a packer adds to it.
    private static func unpackedName(_ name: [UInt8]) -> [UInt8] {
        let text = String(decoding: name, as: UTF8.self)
        let lower = text.lowercased()
        for ending in [".gz", ".bz2", ".xz", ".lzma", ".lz", ".zst", ".lz4", ".z"] where lower.hasSuffix(ending) {
            return Array(text.utf8.dropLast(ending.utf8.count))
        }
        return name
    }

    private mutating func listFiles(
        _ octets: UnsafeRawBufferPointer, _ name: [UInt8], _ depth: Int, _ container: Int?, _ isCancelled: () -> Bool
    ) {
        guard var reader = ArchiveReader(files: octets) else { return listing.noteDamage("no memory".utf8) }
        var failures = 0
        while !isOver {
            if isCancelled() {
                listing.isCancelled = true
                isOver = true
                return
            }
            switch reader.next() {
            case .end:
                if reader.hasEncryptedEntries { listing.isEncrypted = true }
                return
            case .broken:
                if reader.hasEncryptedEntries { listing.isEncrypted = true } else { listing.noteDamage(reader.problem) }
                return
            case .skip:
                listing.noteDamage(reader.problem)
                failures += 1
                if failures > 100 { return }
                continue
            case .more: break
            }
            var entry = ArchiveEntry(path: reader.path, container: container, depth: depth, size: reader.size)
            entry.isDirectory = reader.isDirectory
            entry.isLink = reader.isLink
            entry.isEncrypted = reader.isEncrypted
            if entry.isEncrypted { listing.isEncrypted = true }
            guard listing.entries.count < limits.entries else {
                listing.exceeded.insert(.entries)
                isOver = true
                return
            }
            if entry.isEncrypted {
                add(entry)
                continue
            }
            // Of links and folders too: what is skipped would be unpacked all the same, and no limit would see it.
            var content: [UInt8] = []
            let isWhole = read(
                reader, packed: UInt64(octets.count),
                keepsAll: { [detector] in detector.type(of: $0.span)?.isArchive == true },
                &content, isCancelled)
            entry.detected = detector.type(
                of: content.span.extracting(first: min(content.count, DetectedFileType.beginning)))
            add(entry)
            if isWhole, entry.detected?.isArchive == true { enqueue(content, entry, listing.entries.count - 1) }
        }
    }

    private mutating func add(_ entry: ArchiveEntry) {
        guard listing.entries.count < limits.entries else {
            listing.exceeded.insert(.entries)
            isOver = true
            return
        }
        listing.entries.append(entry)
    }

    private mutating func enqueue(_ octets: [UInt8], _ entry: ArchiveEntry, _ index: Int) {
        guard entry.detected?.isArchive == true, !octets.isEmpty else { return }
        guard entry.depth < limits.depth else { return _ = listing.exceeded.insert(.depth) }
        queue.append(Nested(octets: octets, name: entry.path, depth: entry.depth + 1, container: index))
    }

    /// Reads an entry: its beginning, and all of it if that is an archive. It is read to its end in any case: only that shows how large it is.
    ///
    /// - Returns: whether all of it was read and kept.
    private mutating func read(
        _ reader: borrowing ArchiveReader, packed: UInt64, keepsAll: ([UInt8]) -> Bool, _ content: inout [UInt8],
        _ isCancelled: () -> Bool
    ) -> Bool {
        var isKept: Bool?
        var count: UInt64 = 0
        while true {
            if isCancelled() {
                listing.isCancelled = true
                isOver = true
                return false
            }
            let (step, octets) = reader.block()
            switch step {
            case .end: return isKept ?? true
            case .skip, .broken:
                listing.noteDamage(reader.problem)
                return false
            case .more: break
            }
            count += UInt64(octets.count)
            expanded += UInt64(octets.count)
            guard expanded <= limits.expandedSize else {
                listing.exceeded.insert(.expandedSize)
                isOver = true
                return false
            }
            if exceedsRatio(count, packed) || exceedsRatio(expanded, self.packed) {
                listing.exceeded.insert(.ratio)
                isOver = true
                return false
            }
            if isKept == nil, content.count >= DetectedFileType.beginning { isKept = keepsAll(content) }
            if isKept != false { content.append(contentsOf: octets) }
        }
    }

    /// Counted beyond 1 MiB: small files of zeros are honest.
    private func exceedsRatio(_ expanded: UInt64, _ packed: UInt64) -> Bool {
        expanded > 1 << 20 && expanded / UInt64(max(1, limits.ratio)) > packed
    }

    /// A zip file has two lists of what is in it: programs that go by one do not see what the other one says.
    private mutating func compareZip(
        _ archive: Span<UInt8>, _ depth: Int, _ container: Int?, _ isCancelled: () -> Bool
    ) {
        // Where a limit was met the list is not whole, and there is nothing to compare.
        guard !isOver, let directory = ZipDirectory(archive, limit: limits.entries) else { return }
        if directory.isEncrypted { listing.isEncrypted = true }
        if directory.isDamaged { listing.noteDamage("the central directory is cut short".utf8) }
        let local = localNames(archive, isCancelled)
        var known = Set(listing.entries.filter { $0.container == container }.map { Self.comparable($0.path) })
        for name in directory.names + local.names where known.insert(Self.comparable(name)).inserted {
            listing.isAmbiguous = true
            add(ArchiveEntry(path: name, container: container, depth: depth))
        }
        // Some honest writers leave out sizes, and then nobody gets through the local headers.
        if local.isWhole, Set(directory.names.map(Self.comparable)) != Set(local.names.map(Self.comparable)) {
            listing.isAmbiguous = true
        }
    }

    /// The names in a zip file's local headers, and whether they were read to the end.
    private func localNames(
        _ archive: Span<UInt8>, _ isCancelled: () -> Bool
    ) -> (names: [[UInt8]], isWhole: Bool) {
        archive.withUnsafeBytes { octets in
            let locale = clibarchive_names_begin()
            defer { clibarchive_names_end(locale) }
            guard var reader = ArchiveReader(streamedZip: octets) else { return ([], false) }
            var names: [[UInt8]] = []
            var expanded: UInt64 = 0
            while names.count < limits.entries {
                switch reader.next() {
                case .end: return (names, true)
                case .skip, .broken: return (names, false)
                case .more: names.append(reader.path)
                }
                // Local headers without sizes lead nowhere but through the content.
                while case (.more, let block) = reader.block() {
                    expanded += UInt64(block.count)
                    if expanded > limits.expandedSize || isCancelled() { return (names, false) }
                }
            }
            return (names, false)
        }
    }

    /// A name without what libarchive changes: it has slashes for backslashes, and one at the end of folders.
    private static func comparable(_ name: [UInt8]) -> [UInt8] {
        var name = name.prefix(ArchiveReader.longestPath).map { $0 == UInt8(ascii: "\\") ? UInt8(ascii: "/") : $0 }
        while name.last == UInt8(ascii: "/") { name.removeLast() }
        return name
    }
}
#endif
