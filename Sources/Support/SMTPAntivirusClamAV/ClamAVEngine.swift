#if ClamAV
import CLibClamAV
import Foundation
import SMTPAntivirus
import Synchronization

/// A compiled database. It is freed with the last reference to it, that of a scan included.
///
/// A class because its identity is the point: it owns memory of the library.
final class ClamAVEngine: Sendable {
    /// The library's engine. Nothing changes it once it is compiled, and any number of threads may scan with it.
    private nonisolated(unsafe) let engine: OpaquePointer
    /// What the folder of databases looked like.
    private let files: DatabaseFiles
    private let configuration: ClamAVConfiguration
    /// The folder has to be there as long as scans write into it.
    private let folder: PrivateFolder
    let database: ClamAVDatabase

    /// Loads and compiles a database, which takes from milliseconds to a minute.
    init(
        _ configuration: ClamAVConfiguration, folder: PrivateFolder, generation: Int
    ) throws(ClamAVError) {
        // Looked at before it is read, so that what changes meanwhile is a change.
        files = try DatabaseFiles(configuration.database)
        ((engine, database), _) = try ClamAVLibrary.load { () throws(ClamAVError) in
            guard let engine = cl_engine_new() else { throw ClamAVError(description: "libclamav has no memory") }
            do throws(ClamAVError) {
                return (engine, try Self.fill(engine, configuration, folder.path, generation))
            } catch {
                cl_engine_free(engine)
                throw error
            }
        }
        self.configuration = configuration
        self.folder = folder
    }

    deinit { cl_engine_free(engine) }

    /// Whether the folder of databases looks different from when they were loaded.
    var isOutdated: Bool { files.haveChanged }

    private static func fill(
        _ engine: OpaquePointer, _ configuration: ClamAVConfiguration, _ folder: String, _ generation: Int
    ) throws(ClamAVError) -> ClamAVDatabase {
        let limits = configuration.limits
        let time = limits.time.components
        let numbers: [(cl_engine_field, Int)] = [
            (CL_ENGINE_MAX_FILESIZE, limits.fileSize), (CL_ENGINE_MAX_SCANSIZE, limits.scanSize),
            (CL_ENGINE_MAX_RECURSION, limits.recursion), (CL_ENGINE_MAX_FILES, limits.files),
            (CL_ENGINE_MAX_SCANTIME, Int(time.seconds) * 1_000 + Int(time.attoseconds / 1_000_000_000_000_000)),
            (CL_ENGINE_DISABLE_CACHE, configuration.remembersCleanFiles ? 0 : 1),
        ]
        for (field, value) in numbers {
            try check(cl_engine_set_num(engine, field, Int64(max(0, value))), "a limit of \(value) is refused")
        }
        try check(cl_engine_set_str(engine, CL_ENGINE_TMPDIR, folder), "\(folder) is refused")
        cl_engine_set_clcb_file_inspection(engine) { _, _, _, _, _, size, _, level, _, context in
            guard let context else { return CL_CLEAN }
            return Unmanaged<ScanWatch>.fromOpaque(context).takeUnretainedValue().judge(size: size, level: level)
        }
        var options = CL_DB_PHISHING | CL_DB_PHISHING_URLS | CL_DB_BYTECODE
        if configuration.detectsUnwantedPrograms { options |= CL_DB_PUA }
        var count: UInt32 = 0
        try check(cl_load(configuration.database, engine, &count, UInt32(options)), configuration.database)
        guard count > 0 else {
            throw ClamAVError(description: "\(configuration.database): there are no signatures in it")
        }
        try check(cl_engine_compile(engine), configuration.database)
        let published = cl_engine_get_num(engine, CL_ENGINE_DB_TIME, nil)
        let version = cl_engine_get_num(engine, CL_ENGINE_DB_VERSION, nil)
        return ClamAVDatabase(
            signatures: Int(count),
            published: published > 0 ? Int64(published) : DatabaseFiles.newest(configuration.database),
            version: version > 0 ? Int(version) : nil, generation: generation)
    }

    private static func check(_ result: cl_error_t, _ what: String) throws(ClamAVError) {
        guard result != CL_SUCCESS else { return }
        let more = ClamAVLibrary.lastMessage.map { " (\($0))" } ?? ""
        throw ClamAVError(description: "\(what): \(ClamAVLibrary.text(result))\(more)")
    }

    /// Scans a sample on this thread.
    func scan(_ sample: ScanSample, for job: ScanJob) -> ScanVerdict {
        guard sample.octets.count <= configuration.limits.fileSize else { return .unscanned(.tooLarge) }
        // The library has no maps of nothing.
        guard !sample.octets.isEmpty else { return .clean }
        var options = cl_scan_options()
        options.general = UInt32(CL_SCAN_GENERAL_HEURISTICS)
        // All of its parsers: mail, archives, documents, programs, pictures.
        options.parse = ~0
        options.heuristic = UInt32(
            CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE | CL_SCAN_HEURISTIC_ENCRYPTED_DOC
                | (configuration.detectsMacros ? CL_SCAN_HEURISTIC_MACROS : 0))
        let watch = ScanWatch(job, fileSize: configuration.limits.fileSize)
        var name: UnsafePointer<CChar>?
        var scanned: UInt = 0
        let result = withExtendedLifetime(watch) {
            sample.octets.withUnsafeBytes { octets -> cl_error_t in
                guard let map = cl_fmap_open_memory(octets.baseAddress, octets.count) else { return CL_EMEM }
                defer { cl_fmap_close(map) }
                return cl_scanmap_callback(
                    map, nil, &name, &scanned, engine, &options, Unmanaged.passUnretained(watch).toOpaque())
            }
        }
        return verdict(result, name, watch)
    }

    private func verdict(_ result: cl_error_t, _ name: UnsafePointer<CChar>?, _ watch: ScanWatch) -> ScanVerdict {
        switch result {
        case CL_CLEAN:
            return watch.job.isCancelled.load(ordering: .relaxed) ? .unscanned(.deadline) : .clean
        case CL_VIRUS:
            // No name: a limit that was exceeded by the sample as a whole.
            guard let name else { return .unscanned(.limitExceeded(nil)) }
            let text = String(cString: name)
            if text.hasPrefix("Detected.By.Callback") {
                return watch.isTruncated.load(ordering: .relaxed)
                    ? .unscanned(.limitExceeded("MaxFileSize")) : .unscanned(.deadline)
            }
            return ScanVerdict(clamAVSignature: text)
        case CL_ETIMEOUT: return .unscanned(.deadline)
        case CL_EMAXREC, CL_EMAXSIZE, CL_EMAXFILES: return .unscanned(.limitExceeded(ClamAVLibrary.text(result)))
        default: return .unscanned(.unavailable("libclamav: \(ClamAVLibrary.text(result))"))
        }
    }
}
#endif
