import SMTPAntivirus

/// What comes before a sample in a request: the header of ICAP, and that of the HTTP message whose body the sample is said to be.
struct ICAPRequest: Sendable {
    /// The octets.
    let octets: [UInt8]
    /// Whether the service gets the beginning of the sample first.
    let hasPreview: Bool
    private let method: ICAPConfiguration.Method
    private let target: String

    private static let longestName = 100

    /// - Parameter preview: how many octets of the sample the service gets first; `nil` for all of it.
    init(
        _ sample: ScanSample, url: ICAPURL, method: ICAPConfiguration.Method, allowsNoContent: Bool, preview: Int?
    ) {
        self.method = method
        hasPreview = preview != nil
        target = "http://smtp.invalid/\(Self.pathSegment(sample.name))"
        let body = """
            Content-Type: \(Self.isMediaType(sample.mediaType) ? sample.mediaType : "application/octet-stream")\r
            Content-Length: \(sample.octets.count)\r
            \r\n
            """
        let encapsulated: String
        let http: String
        switch method {
        case .responseModification:
            let request = "GET \(target) HTTP/1.1\r\nHost: smtp.invalid\r\n\r\n"
            let response = "HTTP/1.1 200 OK\r\n\(body)"
            http = request + response
            encapsulated =
                "req-hdr=0, res-hdr=\(request.utf8.count), res-body=\(request.utf8.count + response.utf8.count)"
        case .requestModification:
            http = "POST \(target) HTTP/1.1\r\nHost: smtp.invalid\r\n\(body)"
            encapsulated = "req-hdr=0, req-body=\(http.utf8.count)"
        }
        var head = "\(method.rawValue) \(url) ICAP/1.0\r\nHost: \(url.authority)\r\n"
        if allowsNoContent { head += "Allow: 204\r\n" }
        if let preview { head += "Preview: \(preview)\r\n" }
        head += "Encapsulated: \(encapsulated)\r\n\r\n"
        octets = Array((head + http).utf8)
    }

    /// Whether an encapsulated header leaves the message what it is: a response with status 200, or a request of the same method to the same target.
    /// Other fields, such as `Via`, do not matter.
    func isUnmodified(_ header: [UInt8], _ kind: ICAPEncapsulation.Header) throws(ICAPProblem) -> Bool {
        guard header.suffix(4).elementsEqual("\r\n\r\n".utf8), let end = header.firstIndex(of: 0x0D) else {
            throw ICAPProblem("the encapsulated header does not end with an empty line")
        }
        let parts = header[..<end].split(separator: 0x20, maxSplits: 2, omittingEmptySubsequences: false)
        switch kind {
        case .response:
            guard parts.count >= 2, Self.isHTTPVersion(parts[0]), parts[1].count == 3,
                parts[1].allSatisfy({ (0x30...0x39).contains($0) })
            else { throw ICAPProblem("the encapsulated header is not one of HTTP") }
            return method == .responseModification && parts[1].elementsEqual("200".utf8)
        case .request:
            guard parts.count == 3, Self.isHTTPVersion(parts[2]), !parts[0].isEmpty, !parts[1].isEmpty else {
                throw ICAPProblem("the encapsulated header is not one of HTTP")
            }
            return method == .requestModification && parts[0].elementsEqual("POST".utf8)
                && parts[1].elementsEqual(target.utf8)
        }
    }

    private static func isHTTPVersion(_ text: ArraySlice<UInt8>) -> Bool {
        text.elementsEqual("HTTP/1.1".utf8) || text.elementsEqual("HTTP/1.0".utf8)
    }

    /// `type/subtype`, without parameters.
    private static func isMediaType(_ text: String) -> Bool {
        let sides = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        return text.utf8.count <= 255 && sides.count == 2
            && sides.allSatisfy { !$0.isEmpty && $0.allSatisfy { ICAPToken.contains($0) } }
    }

    /// The end of a file name, which has its extension, as a segment of a path (RFC 3986 §3.3) that is no dot segment.
    private static func pathSegment(_ name: String?) -> String {
        guard let name, !name.utf8.allSatisfy({ $0 == UInt8(ascii: ".") }) else { return "message" }
        var segment = ""
        for octet in name.utf8.suffix(longestName) {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                segment.unicodeScalars.append(Unicode.Scalar(octet))
            default:
                segment += octet < 16 ? "%0" : "%"
                segment += String(octet, radix: 16, uppercase: true)
            }
        }
        return segment.utf8.allSatisfy { $0 == UInt8(ascii: ".") } ? "message" : segment
    }
}
