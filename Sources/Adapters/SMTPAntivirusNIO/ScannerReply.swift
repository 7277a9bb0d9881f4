import SMTPAntivirus

/// What a server says in the end.
enum ScannerReply: Sendable, Hashable {
    /// What it says of a sample, and the value of ``VirusScanner/signatureVersion`` that it gives with it.
    case verdict(ScanVerdict, signatureVersion: String?)
    /// What clamd is.
    case version(ClamdVersion)
    /// What an ICAP service can do.
    case options(ICAPOptions)
    /// Nothing that is of use.
    case failure(UnscannedReason)

    /// What it means for a sample.
    var scanVerdict: ScanVerdict {
        switch self {
        case .verdict(let verdict, _): verdict
        case .failure(let reason): .unscanned(reason)
        case .version, .options: .unscanned(.unavailable("the answer belongs to another request"))
        }
    }

    /// Why it is of no use, if it is.
    var failure: UnscannedReason? {
        switch self {
        case .failure(let reason): reason
        case .verdict, .version, .options: nil
        }
    }
}
