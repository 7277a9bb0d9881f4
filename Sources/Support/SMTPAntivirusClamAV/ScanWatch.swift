#if ClamAV
import CLibClamAV
import Synchronization

/// What the library's callback looks at and notes while a sample is scanned.
final class ScanWatch: Sendable {
    let job: ScanJob
    /// Whether a file was cut off, because it is larger than the limit.
    let isTruncated = Atomic(false)
    private let fileSize: Int

    init(_ job: ScanJob, fileSize: Int) {
        self.job = job
        self.fileSize = fileSize
    }

    /// Judges a file within a sample, before it is scanned.
    ///
    /// The library unpacks a file until the limit, and then scans what it has as if that were all, without a word. The answer to such a file has to
    /// be that it is infected: any other makes the library remember the archive as clean, and find it so the next time without asking.
    func judge(size: Int, level: UInt32) -> cl_error_t {
        if job.isCancelled.load(ordering: .relaxed) { return CL_VIRUS }
        if level > 0, size >= fileSize {
            isTruncated.store(true, ordering: .relaxed)
            return CL_VIRUS
        }
        return CL_CLEAN
    }
}
#endif
