#if Magic
import CLibMagic

/// A handle of libmagic with a loaded database. Only one caller at a time may use it.
struct MagicHandle: ~Copyable {
    private let handle: magic_t

    init(_ configuration: MagicConfiguration) throws(MagicError) {
        // Nothing is unpacked, no other program is run; neither details of ELF files nor kinds of data in texts are asked for.
        let flags =
            MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_COMPRESS_FORK | MAGIC_NO_CHECK_ELF
            | MAGIC_NO_CHECK_CSV | MAGIC_NO_CHECK_JSON
        guard let handle = magic_open(flags) else { throw MagicError(description: "libmagic cannot be used") }
        do throws(MagicError) {
            guard magic_load(handle, configuration.database) == 0 else {
                // The library does not say which file it did not find.
                let database = configuration.database ?? "the usual database"
                throw MagicError(description: "\(database): \(Self.error(handle))")
            }
            try Self.set(handle, MAGIC_PARAM_BYTES_MAX, configuration.octets)
            try Self.set(handle, MAGIC_PARAM_REGEX_MAX, configuration.regularExpressionOctets)
            try Self.set(handle, MAGIC_PARAM_INDIR_MAX, configuration.indirections)
            try Self.set(handle, MAGIC_PARAM_ENCODING_MAX, configuration.octets)
        } catch {
            magic_close(handle)
            throw error
        }
        self.handle = handle
    }

    deinit { magic_close(handle) }

    private static func set(_ handle: magic_t, _ parameter: Int32, _ value: Int) throws(MagicError) {
        var value = max(0, value)
        guard magic_setparam(handle, parameter, &value) == 0 else { throw error(handle) }
    }

    private static func error(_ handle: magic_t) -> MagicError {
        MagicError(description: magic_error(handle).map { String(cString: $0) } ?? "the database cannot be loaded")
    }

    /// The media type of octets, in lower case; `nil` if there is none.
    borrowing func mediaType(at address: UInt, count: Int) -> String? {
        guard count > 0, let start = UnsafeRawPointer(bitPattern: address),
            let answer = magic_buffer(handle, start, count)
        else { return nil }
        // In some cases the library puts several answers into one, with a backslash or a line's end between them.
        let type = String(cString: answer).lowercased().prefix { Self.isPartOfType($0) }
        let isType = type.split(separator: "/", omittingEmptySubsequences: false).count == 2
        // That it does not know is no type.
        return isType && type != "application/octet-stream" && !type.hasSuffix("/x-empty") ? String(type) : nil
    }

    /// RFC 6838 §4.2.
    private static func isPartOfType(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "/!#$&-^_.+".contains(character))
    }
}
#endif
