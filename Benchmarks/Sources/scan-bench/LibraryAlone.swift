import CClamAV

/// libclamav without anything around it: the floor.
final class LibraryAlone: Sendable {
    private nonisolated(unsafe) let engine: OpaquePointer

    init(database: String, temporaryFolder: String) {
        cl_init(UInt32(CL_INIT_DEFAULT))
        guard let engine = cl_engine_new() else { preconditionFailure("no memory") }
        var count: UInt32 = 0
        let options = UInt32(CL_DB_PHISHING | CL_DB_PHISHING_URLS | CL_DB_BYTECODE)
        precondition(cl_load(database, engine, &count, options) == CL_SUCCESS)
        precondition(cl_engine_set_str(engine, CL_ENGINE_TMPDIR, temporaryFolder) == CL_SUCCESS)
        precondition(cl_engine_compile(engine) == CL_SUCCESS)
        self.engine = engine
    }

    deinit { cl_engine_free(engine) }

    func scan(_ sample: [UInt8]) {
        var options = cl_scan_options()
        options.general = UInt32(CL_SCAN_GENERAL_HEURISTICS)
        options.parse = ~0
        options.heuristic = UInt32(
            CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE | CL_SCAN_HEURISTIC_ENCRYPTED_DOC)
        var name: UnsafePointer<CChar>?
        var scanned: UInt = 0
        sample.withUnsafeBytes { octets in
            guard let map = cl_fmap_open_memory(octets.baseAddress, octets.count) else { preconditionFailure("no map") }
            let result = cl_scanmap_callback(map, nil, &name, &scanned, engine, &options, nil)
            cl_fmap_close(map)
            precondition(result == CL_CLEAN)
        }
    }
}
