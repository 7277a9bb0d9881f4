import NIOCore
import SMTPAntivirus

/// A sample sent to an ICAP service, and the answer (RFC 3507 §4.8 and §4.9).
struct ICAPExchange: ScannerExchange {
    /// What is sent.
    private enum Sending: Sendable {
        /// The beginning of the sample, which may be all of it.
        case preview(Int)
        /// Nothing before the service says what it thinks of the preview.
        case waiting
        /// The rest of the sample.
        case rest
        /// Nothing any more.
        case done
    }

    /// What is read.
    private enum Reading: Sendable {
        case head(ICAPHeadReader)
        case header(ICAPEncapsulation, [UInt8])
        case body(ICAPBodyReader)
    }

    /// What something is called that the service has modified without saying why.
    static let modifiedName = "modified by icap"
    /// How much is read of a message that takes the place of the sample, for the sake of the connection.
    private static let mostUnused = 65_536
    /// Room for the length of a chunk and for the chunk at the end.
    private static let framing = 32

    private(set) var outcome: ScannerOutcome?

    private let sample: ScanSample
    private let request: ICAPRequest
    private let allowsNoContent: Bool
    private var sending: Sending
    private var isBegun = false
    private var offset = 0

    private var reading = Reading.head(ICAPHeadReader())
    private var isContinued = false
    private var answer: ICAPHead?
    private var finding: ICAPFinding?
    private var isModified = false
    private var bodyCount = 0
    private var unusedCount = 0

    init(
        _ sample: ScanSample, url: ICAPURL, options: ICAPOptions = ICAPOptions(),
        configuration: ICAPConfiguration = ICAPConfiguration()
    ) {
        self.sample = sample
        let preview = configuration.usesPreview ? options.preview : nil
        allowsNoContent = options.allowsNoContent
        request = ICAPRequest(
            sample, url: url, method: configuration.method, allowsNoContent: options.allowsNoContent, preview: preview)
        sending = preview.map { .preview($0) } ?? .rest
    }

    // MARK: Sending

    mutating func nextOutput() -> ByteBuffer? {
        guard outcome == nil else { return nil }
        let end: Int
        switch sending {
        case .preview(let count): end = min(count, sample.octets.count)
        case .rest: end = sample.octets.count
        case .waiting, .done: return nil
        }
        var piece = ByteBuffer()
        if !isBegun {
            isBegun = true
            piece.writeBytes(request.octets)
        }
        let count = min(end - offset, ScannerOutcome.pieceSize - piece.readableBytes - Self.framing)
        if count > 0 {
            piece.writeString("\(String(count, radix: 16))\r\n")
            piece.writeBytes(sample.octets[offset..<(offset + count)])
            piece.writeString("\r\n")
            offset += count
        }
        if offset == end { finishSending(&piece) }
        return piece
    }

    private mutating func finishSending(_ piece: inout ByteBuffer) {
        if case .preview = sending {
            if offset == sample.octets.count {
                // There is nothing to continue with (RFC 3507 §4.5).
                piece.writeString("0; ieof\r\n\r\n")
                sending = .done
            } else {
                piece.writeString("0\r\n\r\n")
                sending = .waiting
            }
        } else {
            piece.writeString("0\r\n\r\n")
            sending = .done
        }
    }

    /// Whether the service has all that it has asked for: an answer may end before that only if it is that something was found.
    private var isRequestComplete: Bool {
        switch sending {
        case .waiting, .done: true
        case .preview, .rest: false
        }
    }

    // MARK: Receiving

    mutating func receive(_ input: ByteBuffer) {
        var input = input
        do throws(ICAPProblem) {
            while outcome == nil, try advance(&input) {}
        } catch {
            end(.unavailable(error.text))
        }
        if input.readableBytes > 0, let outcome { self.outcome = outcome.spoiled }
    }

    mutating func end(_ reason: UnscannedReason) {
        guard outcome == nil else { return }
        // What was found remains so even if the rest of the answer is missing.
        outcome = finding.map { infected($0, isReusable: false) } ?? ScannerOutcome(reply: .failure(reason))
    }

    /// - Returns: whether there may be more to do with the same input.
    private mutating func advance(_ input: inout ByteBuffer) throws(ICAPProblem) -> Bool {
        switch reading {
        case .head(var reader):
            let head = try reader.next(&input)
            reading = .head(reader)
            guard let head else { return false }
            try take(head)
        case .header(let encapsulation, var header):
            let wanted = encapsulation.headerCount - header.count
            header += input.readBytes(length: min(wanted, input.readableBytes)) ?? []
            reading = .header(encapsulation, header)
            guard header.count == encapsulation.headerCount else { return false }
            try take(header, encapsulation)
        case .body(var reader):
            let event = try reader.next(&input)
            reading = .body(reader)
            guard let event else { return false }
            switch event {
            case .octets(let octets): compare(octets)
            case .end(let trailer):
                finding = finding ?? ICAPFinding(trailer)
                finishMessage()
            }
        }
        return true
    }

    private mutating func take(_ head: ICAPHead) throws(ICAPProblem) {
        guard isBegun else { throw ICAPProblem("the service answers before it is asked") }
        if head.status == 100 {
            guard case .waiting = sending else { throw ICAPProblem("the service continues what is not waiting") }
            sending = .rest
            isContinued = true
            reading = .head(ICAPHeadReader())
            return
        }
        answer = head
        finding = ICAPFinding(head.fields)
        if let finding, head.status != 200 || !isRequestComplete {
            // A service that only looks may say so in a 204, or while the sample is still on its way.
            outcome = infected(finding, isReusable: false)
            return
        }
        switch head.status {
        case 200:
            let encapsulation = try ICAPEncapsulation(head.fields)
            guard encapsulation.header != nil else { throw ICAPProblem("ICAP 200 without a header of HTTP") }
            reading = .header(encapsulation, [])
        case 204: outcome = try unmodified(head)
        case 413: outcome = ScannerOutcome(reply: .failure(.tooLarge))
        // 403 is none of the codes that RFC 3507 §4.3.3 gives a meaning of their own, so it is HTTP's: the server refuses to serve this client. What it
        // has to say to those who wanted the content is in a message of HTTP that it encapsulates in an answer 200.
        case 400...599: outcome = .unavailable("ICAP \(head.statusText)")
        default: throw ICAPProblem("the answer has an unexpected status: \(head.statusText)")
        }
    }

    /// RFC 3507 §4.6.
    private func unmodified(_ head: ICAPHead) throws(ICAPProblem) -> ScannerOutcome {
        if !head.fields.values("encapsulated").isEmpty {
            let encapsulation = try ICAPEncapsulation(head.fields)
            guard !encapsulation.hasBody, encapsulation.header == nil else {
                throw ICAPProblem("ICAP 204 with a message")
            }
        }
        guard isRequestComplete else { throw ICAPProblem("the service answers before it has the sample") }
        guard allowsNoContent || isPreviewAnswer else { throw ICAPProblem("ICAP 204 was not allowed") }
        return ScannerOutcome(
            reply: .verdict(.clean, signatureVersion: head.serviceTag), isReusable: !head.closesConnection)
    }

    /// Whether the answer is one to the preview, which may have been all of the sample.
    private var isPreviewAnswer: Bool { request.hasPreview && !isContinued && isRequestComplete }

    private mutating func take(_ header: [UInt8], _ encapsulation: ICAPEncapsulation) throws(ICAPProblem) {
        guard let kind = encapsulation.header else { return }
        if try !request.isUnmodified(header, kind) { isModified = true }
        if encapsulation.hasBody {
            reading = .body(ICAPBodyReader())
        } else {
            finishMessage()
        }
    }

    /// Compares a piece of the encapsulated body with the sample.
    private mutating func compare(_ octets: ByteBuffer) {
        let start = bodyCount
        bodyCount += octets.readableBytes
        if !isModified {
            isModified =
                bodyCount > sample.octets.count
                || ByteBuffer(bytes: sample.octets[start..<bodyCount]) != octets
        }
        if isModified || finding != nil {
            unusedCount += octets.readableBytes
            if unusedCount > Self.mostUnused { finishModified(isReusable: false) }
        }
    }

    private mutating func finishMessage() {
        if bodyCount != sample.octets.count { isModified = true }
        if isModified || finding != nil {
            finishModified(isReusable: isRequestComplete && answer?.closesConnection == false)
        } else if isRequestComplete {
            outcome = ScannerOutcome(
                reply: .verdict(.clean, signatureVersion: answer?.serviceTag),
                isReusable: answer?.closesConnection == false)
        } else {
            outcome = .unavailable("the service answers before it has the sample")
        }
    }

    private mutating func finishModified(isReusable: Bool) {
        outcome =
            finding.map { infected($0, isReusable: isReusable) }
            ?? ScannerOutcome(
                reply: .verdict(.infected(Self.modifiedName), signatureVersion: answer?.serviceTag),
                isReusable: isReusable)
    }

    private func infected(_ finding: ICAPFinding, isReusable: Bool) -> ScannerOutcome {
        ScannerOutcome(
            reply: .verdict(ScanVerdict(clamAVSignature: finding.name), signatureVersion: answer?.serviceTag),
            isReusable: isReusable)
    }
}
