#if Archive
import CLibArchive

/// An archive that is open in memory. It does not outlive the octets that it reads.
struct ArchiveReader: ~Copyable {
    /// What a read gives.
    enum Step {
        case more
        case end
        /// This entry cannot be read.
        case skip
        /// Nothing more can be read.
        case broken
    }

    /// Octets of a path that are kept.
    static let longestPath = 4_096

    private let archive: OpaquePointer
    private(set) var entry: OpaquePointer?

    /// An archive of the formats that hold files.
    ///
    /// - Parameter octets: the archive, which has to stay where it is as long as the reader is used.
    init?(files octets: UnsafeRawBufferPointer) {
        guard let archive = archive_read_new() else { return nil }
        self.archive = archive
        for add in [
            archive_read_support_format_zip_seekable, archive_read_support_format_7zip, archive_read_support_format_rar,
            archive_read_support_format_rar5, archive_read_support_format_tar, archive_read_support_format_cab,
            archive_read_support_format_iso9660, archive_read_support_format_lha, archive_read_support_format_cpio,
            archive_read_support_format_ar, archive_read_support_format_xar,
        ] { _ = add(archive) }
        Self.open(archive, octets)
    }

    /// A zip file, by its local headers.
    init?(streamedZip octets: UnsafeRawBufferPointer) {
        guard let archive = archive_read_new() else { return nil }
        self.archive = archive
        archive_read_support_format_zip_streamable(archive)
        Self.open(archive, octets)
    }

    /// One file that is packed.
    ///
    /// A filter whose library is not there would run another program: it is not used then.
    init?(packed octets: UnsafeRawBufferPointer, mediaType: String) {
        guard let archive = archive_read_new() else { return nil }
        switch mediaType {
        case "application/gzip", "application/x-gzip":
            if archive_zlib_version() != nil { archive_read_support_filter_gzip(archive) }
        case "application/x-bzip2": if archive_bzlib_version() != nil { archive_read_support_filter_bzip2(archive) }
        case "application/x-xz": if archive_liblzma_version() != nil { archive_read_support_filter_xz(archive) }
        case "application/x-lzma": if archive_liblzma_version() != nil { archive_read_support_filter_lzma(archive) }
        case "application/x-lzip": if archive_liblzma_version() != nil { archive_read_support_filter_lzip(archive) }
        case "application/zstd", "application/x-zstd":
            if archive_libzstd_version() != nil { archive_read_support_filter_zstd(archive) }
        case "application/x-lz4": if archive_liblz4_version() != nil { archive_read_support_filter_lz4(archive) }
        case "application/x-compress": archive_read_support_filter_compress(archive)
        default: break
        }
        archive_read_support_format_raw(archive)
        Self.open(archive, octets)
        // Without a filter the file comes out as it went in.
        guard archive_filter_count(archive) > 1 else {
            archive_read_free(archive)
            return nil
        }
        self.archive = archive
    }

    private static func open(_ archive: OpaquePointer, _ octets: UnsafeRawBufferPointer) {
        // What is wrong shows at the first header.
        _ = archive_read_open_memory(archive, octets.baseAddress, octets.count)
    }

    deinit { archive_read_free(archive) }

    /// Goes on to the next entry.
    mutating func next() -> Step {
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_OK, ARCHIVE_WARN: .more
        case ARCHIVE_EOF: .end
        case ARCHIVE_RETRY, ARCHIVE_FAILED: .skip
        default: .broken
        }
    }

    /// The next block of the entry's content.
    func block() -> (step: Step, octets: UnsafeRawBufferPointer) {
        var place: UnsafeRawPointer?
        var count = 0
        var offset: la_int64_t = 0
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        switch archive_read_data_block(archive, &place, &count, &offset) {
        case ARCHIVE_OK, ARCHIVE_WARN: return (.more, UnsafeRawBufferPointer(start: place, count: count))
        case ARCHIVE_EOF: return (.end, empty)
        case ARCHIVE_RETRY, ARCHIVE_FAILED: return (.skip, empty)
        default: return (.broken, empty)
        }
    }

    /// Why the last call failed.
    var problem: [UInt8] { archive_error_string(archive).map { Array(String(cString: $0).utf8) } ?? [] }

    /// Whether anything that was seen is encrypted.
    var hasEncryptedEntries: Bool {
        // libarchive reads what is not there if it has not found out the format (3.6.2).
        archive_format(archive) != 0 && archive_read_has_encrypted_entries(archive) > 0
    }

    // MARK: The entry

    /// Its path, in octets as they are where there are any.
    var path: [UInt8] {
        if let path = archive_entry_pathname(entry) { return octets(path) }
        if let path = archive_entry_pathname_utf8(entry) { return octets(path) }
        return []
    }

    private func octets(_ text: UnsafePointer<CChar>) -> [UInt8] {
        var octets: [UInt8] = []
        var place = text
        while place.pointee != 0, octets.count < Self.longestPath {
            octets.append(UInt8(bitPattern: place.pointee))
            place += 1
        }
        return octets
    }

    var size: UInt64? {
        archive_entry_size_is_set(entry) != 0 ? UInt64(exactly: archive_entry_size(entry)) : nil
    }
    var isEncrypted: Bool { archive_entry_is_encrypted(entry) != 0 }
    var isDirectory: Bool { clibarchive_is_directory(entry) != 0 }
    var isLink: Bool { clibarchive_is_link(entry) != 0 }
}
#endif
