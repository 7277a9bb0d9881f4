import NIOCore
import SMTPAntivirus

/// An ICAP service asked what it can do (RFC 3507 §4.10).
struct ICAPOptionsExchange: ScannerExchange {
    private(set) var outcome: ScannerOutcome?

    private let url: ICAPURL
    private let method: ICAPConfiguration.Method
    private var isSent = false
    private var head = ICAPHeadReader()

    init(_ url: ICAPURL, method: ICAPConfiguration.Method) {
        self.url = url
        self.method = method
    }

    mutating func nextOutput() -> ByteBuffer? {
        guard outcome == nil, !isSent else { return nil }
        isSent = true
        return ByteBuffer(string: "OPTIONS \(url) ICAP/1.0\r\nHost: \(url.authority)\r\n\r\n")
    }

    mutating func receive(_ input: ByteBuffer) {
        var input = input
        if outcome == nil {
            do throws(ICAPProblem) {
                if let head = try head.next(&input) { outcome = try conclude(head) }
            } catch {
                outcome = .unavailable(error.text)
            }
        }
        if input.readableBytes > 0, let outcome, outcome.isReusable { self.outcome = outcome.spoiled }
    }

    mutating func end(_ reason: UnscannedReason) {
        if outcome == nil { outcome = ScannerOutcome(reply: .failure(reason)) }
    }

    private func conclude(_ head: ICAPHead) throws(ICAPProblem) -> ScannerOutcome {
        guard isSent else { return .unavailable("the service answers before it is asked") }
        guard head.status == 200 else { return .unavailable("ICAP \(head.statusText)") }
        var hasBody = false
        if !head.fields.values("encapsulated").isEmpty {
            let encapsulation = try ICAPEncapsulation(head.fields)
            guard encapsulation.header == nil else { throw ICAPProblem("the answer to OPTIONS encapsulates HTTP") }
            hasBody = encapsulation.hasBody
        }
        let options = try ICAPOptions(head.fields, serviceTag: head.serviceTag, method: method)
        // A body says nothing of use, so it is not waited for.
        return ScannerOutcome(reply: .options(options), isReusable: !hasBody && !head.closesConnection)
    }
}
