#if Magic
public import SMTPFileInspection
import Synchronization

/// A detector with libmagic and its database, which knows more than a thousand types.
///
/// ```swift
/// let detector = try MagicDetector()
/// let type = detector.type(of: beginning.span)
/// ```
///
/// The library's answers differ between its versions. A handle of it serves one caller at a time, so there are several; a caller who finds all of
/// them busy waits for one, which is a matter of less than a millisecond.
public struct MagicDetector: FileTypeDetector {
    /// A place for a handle. A class because a mutex stays where it is.
    private final class Place: Sendable {
        let handle: Mutex<MagicHandle>

        init(_ configuration: MagicConfiguration) throws(MagicError) {
            handle = Mutex(try MagicHandle(configuration))
        }
    }

    /// Which place to try first: another one each time.
    private final class Turn: Sendable { let next = Atomic<Int>(0) }

    private let places: [Place]
    private let turn = Turn()
    private let octets: Int
    private let answers: AnswerCache

    /// A detector.
    ///
    /// - Throws: what the library says if it cannot load its database.
    public init(_ configuration: MagicConfiguration = MagicConfiguration()) throws(MagicError) {
        var places: [Place] = []
        for _ in 0..<max(1, configuration.handles) { places.append(try Place(configuration)) }
        self.places = places
        octets = max(0, configuration.octets)
        answers = AnswerCache(configuration.rememberedAnswers)
    }

    /// What the octets at the beginning of a file tell.
    public func type(of beginning: Span<UInt8>) -> DetectedFileType? {
        let part = beginning.extracting(first: octets)
        return answers.answer(for: part) { ask($0) }.map { DetectedFileType(mediaType: $0) }
    }

    /// Asks the library.
    private func ask(_ beginning: Span<UInt8>) -> String? {
        let first = Int(
            bitPattern: UInt(bitPattern: turn.next.add(1, ordering: .relaxed).oldValue) % UInt(places.count))
        return beginning.withUnsafeBytes { octets in
            // A number instead of a pointer: it is used before this call returns, and no handle keeps it.
            let (address, count) = (UInt(bitPattern: octets.baseAddress), octets.count)
            for index in places.indices {
                let place = places[(first + index) % places.count]
                if let type = place.handle.withLockIfAvailable({ handle in handle.mediaType(at: address, count: count) }
                ) {
                    return type
                }
            }
            return places[first].handle.withLock { handle in handle.mediaType(at: address, count: count) }
        }
    }
}
#endif
