import SMTPFileInspection
import SMTPMessageFormat
import SMTPSecurity

/// A part of a message as a file: its names, what it is said to be, and what it is.
struct InspectedFile: Sendable {
    /// The octets of one reading.
    private struct Reading: Sendable {
        let encoding: TransferEncoding
        var octets: [UInt8] = []
        var count = 0
        /// What it is, once enough of it is there.
        var detected: DetectedFileType?
        var isDetected = false
    }

    private let part: MessagePart
    private var readings: [Reading] = []

    init(_ part: MessagePart) { self.part = part }

    mutating func add(_ octets: Span<UInt8>, _ encoding: TransferEncoding, _ check: ContentValidation) {
        let index: Int
        if let known = readings.firstIndex(where: { $0.encoding == encoding }) {
            index = known
        } else {
            index = readings.count
            readings.append(Reading(encoding: encoding))
        }
        readings[index].count += octets.count
        let limit = keptCount(readings[index], check)
        let room = max(0, limit - readings[index].octets.count)
        readings[index].octets.append(copying: octets.extracting(first: min(room, octets.count)))
        if !readings[index].isDetected, readings[index].octets.count >= DetectedFileType.beginning {
            readings[index].isDetected = true
            readings[index].detected = type(of: readings[index].octets, check)
            if keptCount(readings[index], check) > readings[index].octets.count {
                // What did not fit before is wanted now.
                readings[index].octets.append(copying: octets.extracting(droppingFirst: min(room, octets.count)))
            }
        }
    }

    /// What octets are. A text that people see in the message is not opened by anything: what it is a text of does not matter, and large
    /// detectors take their time to tell.
    private func type(of beginning: [UInt8], _ check: ContentValidation) -> DetectedFileType? {
        let isShown =
            part.fileNames.isEmpty && part.mediaTypes.allSatisfy { $0.hasPrefix("text/") }
            && DetectedFileType.isText(beginning.span)
        return isShown ? SignatureDetector().type(of: beginning.span) : check.detector.type(of: beginning.span)
    }

    /// How much of a reading is wanted: the beginning, and all of an archive.
    private func keptCount(_ reading: Reading, _ check: ContentValidation) -> Int {
        guard reading.isDetected else { return DetectedFileType.beginning }
        guard reading.detected?.isArchive == true, check.archives != nil else { return 0 }
        return check.limits.archive
    }

    /// The part has ended.
    func findings(_ check: ContentValidation) -> [ContentFinding] {
        var findings = Findings(path: "part \(part.path)", policy: check.attachments)
        var names: Set<String> = []
        for name in part.fileNames {
            names.insert(name.decoded)
            names.insert(String(decoding: name.octets, as: UTF8.self))
        }
        for name in names.sorted() { findings.judge(name: name) }
        let isContainer = part.kind == .multipart || part.kind == .message
        if !isContainer {
            for type in part.mediaTypes { findings.judge(declared: type) }
        }
        for reading in readings {
            let detected = reading.isDetected ? reading.detected : type(of: reading.octets, check)
            guard let detected else { continue }
            // What people write looks like a script here and there: it is one only as a file.
            let isScript =
                detected.mediaType.hasPrefix("text/") || detected.mediaType == "application/javascript"
            if !isScript || !names.isEmpty {
                let declared = isContainer || part.contentTypes.isEmpty ? [] : part.mediaTypes
                findings.judge(detected: detected, declared: declared, names: names.sorted())
            }
            guard detected.isArchive, check.attachments.looksIntoArchives, let archives = check.archives else {
                continue
            }
            guard reading.count <= min(reading.octets.count, check.limits.archive) else {
                findings.add(ContentValidation.archiveLimit, "\(reading.count) octets")
                continue
            }
            let listing = archives.list(
                reading.octets.span, name: part.fileNames.first?.octets ?? [], limits: check.archiveLimits
            ) { Task.isCancelled }
            findings.judge(listing)
        }
        return findings.all
    }
}

/// Findings about one part.
private struct Findings {
    let path: String
    let policy: AttachmentPolicy
    var all: [ContentFinding] = []

    init(path: String, policy: AttachmentPolicy) {
        self.path = path
        self.policy = policy
    }

    mutating func add(_ violation: ViolationDefinition, _ text: String) {
        // One of a kind for each file or entry is enough: ten thousand entries may all have the same fault.
        guard all.count(where: { $0.violation == violation }) < 10 else { return }
        all.append(ContentFinding(violation, "\(path): \(text)"))
    }

    /// A name, of the file itself or of one in it.
    mutating func judge(name: String, in container: String = "") {
        let shown = container + name
        if AttachmentName.isMisleading(name) { add(ContentValidation.misleadingName, shown) }
        let parsed = AttachmentName(name)
        let extensions = parsed.fileExtensions
        guard let last = extensions.last else { return }
        guard policy.disallowedExtensions.contains(last) || parsed.hasClassIdentifier else { return }
        add(ContentValidation.disallowedExtension, shown)
        if extensions.count == 2, AttachmentPolicy.harmlessExtensions.contains(extensions[0]) {
            add(ContentValidation.doubleExtension, shown)
        }
    }

    mutating func judge(declared type: String) {
        if policy.disallows(type: type) {
            add(ContentValidation.disallowedType, "declared \(type)")
        }
    }

    /// What is there, against what is declared and what names say.
    mutating func judge(
        detected: DetectedFileType, declared: [String], names: [String], in container: String = ""
    ) {
        if policy.disallows(type: detected.mediaType) || policy.disallowsDetectedExecutables && detected.isExecutable {
            add(ContentValidation.disallowedType, "\(container)detected \(detected)")
        }
        if let type = declared.first(where: { Self.contradicts($0, detected) }) {
            add(ContentValidation.mismatchedType, "declared \(type), detected \(detected)")
        }
        for name in names {
            guard let type = AttachmentName(name).mediaType, Self.contradicts(type, detected) else { continue }
            add(ContentValidation.mismatchedType, "\(container)\(name), detected \(detected)")
        }
    }

    /// Whether a file cannot be what it is declared to be.
    private static func contradicts(_ declared: String, _ detected: DetectedFileType) -> Bool {
        let family = declared.prefix { $0 != "/" }
        let found = detected.mediaType.prefix { $0 != "/" }
        switch family {
        // Containers of sound and of pictures are the same.
        case "audio", "video": return found != "audio" && found != "video" && found != "text"
        case "image", "font":
            return found != family && (found != "text" || detected.isExecutable)
        // Detectors call much of what is text something else.
        case "text": return detected.isExecutable && found != "text" || detected.isArchive
        default:
            switch declared {
            case "application/pdf": return detected.mediaType != "application/pdf"
            case "application/zip": return !detected.isArchive
            default: return false
            }
        }
    }

    mutating func judge(_ listing: ArchiveListing) {
        if listing.isEncrypted { add(ContentValidation.encryptedArchive, "encrypted") }
        if !listing.exceeded.isEmpty || listing.isCancelled {
            let limits = listing.exceeded.map { "\($0)" }.sorted().joined(separator: ", ")
            add(ContentValidation.archiveLimit, listing.isCancelled ? "it took too long" : limits)
        }
        if listing.isAmbiguous { add(ContentValidation.brokenArchive, "can be read in several ways") }
        if listing.isDamaged { add(ContentValidation.brokenArchive, listing.problem ?? "damaged") }
        for entry in listing.entries where !entry.isDirectory {
            let name = String(decoding: entry.path, as: UTF8.self)
            judge(name: name, in: "in an archive: ")
            if let detected = entry.detected {
                judge(detected: detected, declared: [], names: [name], in: "in an archive: ")
            }
        }
    }
}
