public import SMTPMessageFormat
public import SMTPSecurity

/// What ``AntivirusCheck`` finds in a message.
public struct ScanFinding: Sendable, Hashable {
    /// What can be found.
    public enum Kind: Sendable, Hashable {
        /// Malware: the name of its signature.
        case infected(String)
        /// Something that was not scanned, or not all of it.
        case unscanned(UnscannedReason)
        /// A place where readers of mail see different things, so that what a recipient gets to see may not have been scanned.
        case anomaly(Anomaly.Kind)
    }

    /// What it is.
    public let kind: Kind
    /// The part; the path of depth 0 is the whole message.
    public let part: PartPath
    /// The name that the part has as a file.
    public let fileName: String?
    /// The SHA-256 of what is infected, in hexadecimal digits; `nil` for anything else.
    public let digest: String?

    init(_ kind: Kind, part: PartPath = PartPath(), fileName: String? = nil, digest: String? = nil) {
        self.kind = kind
        self.part = part
        self.fileName = fileName
        self.digest = digest
    }

    /// Which violation it is.
    public var violation: ViolationDefinition {
        switch kind {
        case .infected: AntivirusCheck.infected
        case .anomaly: AntivirusCheck.anomalous
        case .unscanned(.tooLarge): AntivirusCheck.tooLarge
        case .unscanned(.encrypted): AntivirusCheck.encrypted
        case .unscanned(.limitExceeded): AntivirusCheck.limitExceeded
        case .unscanned(.deadline): AntivirusCheck.timedOut
        case .unscanned(.unavailable): AntivirusCheck.scannerUnavailable
        }
    }

    /// What, where, and which file.
    ///
    /// - Parameter more: how many others of this violation there are.
    public func evidence(more: Int = 0) -> Evidence {
        // What the sender writes comes last: it may be of any length, and the end is what is cut off.
        var text =
            switch kind {
            case .infected(let signature): String(signature.prefix(60))
            case .unscanned(let reason): String(reason.description.prefix(80))
            case .anomaly(let kind): kind.rawValue
            }
        text += part.depth == 0 ? " in the message" : " in part \(part)"
        if more > 0 { text += " and \(more) more" }
        if let digest { text += " sha256=\(digest)" }
        if let fileName { text += " file=\(fileName.prefix(100))" }
        return Evidence(text)
    }
}
