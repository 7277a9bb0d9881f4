import Testing

@testable import SMTPAntivirusNIO

struct ScannerAddressTests {
    static let addresses: [(String, ScannerAddress)] = [
        ("/run/clamav/clamd.ctl", .unix("/run/clamav/clamd.ctl")), ("unix:/a b", .unix("/a b")),
        ("localhost", .tcp(host: "localhost", port: 3310)), ("192.0.2.1:1", .tcp(host: "192.0.2.1", port: 1)),
        ("av.example:65535", .tcp(host: "av.example", port: 65_535)), ("[::1]", .tcp(host: "::1", port: 3310)),
        ("[::1]:3311", .tcp(host: "::1", port: 3311)),
    ]

    @Test("Addresses", arguments: addresses)
    func readsAddresses(_ text: String, _ address: ScannerAddress) throws {
        #expect(try ScannerAddress(parsing: text) == address)
        #expect(try ScannerAddress(parsing: "\(address)") == address)
    }

    static let wrongAddresses: [(String, Int, String)] = [
        ("", 0, "there is no host"), (":1", 0, "there is no host"), ("unix:", 5, "begin with a slash"),
        ("unix:a", 5, "begin with a slash"), ("/", 0, "2 to 103"), ("/a\nb", 2, "control"),
        ("/" + String(repeating: "x", count: 103), 0, "not 104"), ("::1", 0, "there is no host"),
        ("fe80::1", 0, "brackets"), ("[::1", 0, "not closed"), ("[x]", 1, "not an IPv6"),
        ("[127.0.0.1]", 1, "not an IPv6"),
        ("[::1]x", 5, "does not belong"), ("host:", 5, "the port"), ("host:0", 5, "the port"),
        ("host:65536", 5, "the port"),
        ("host:+1", 5, "the port"), ("host:1x", 5, "the port"), ("ho st", 2, "does not belong"),
        ("a@b", 1, "does not belong"),
        ("höst", 1, "does not belong"), (String(repeating: "x", count: 254), 0, "253"),
    ]

    @Test("What is no address", arguments: wrongAddresses)
    func refusesAddresses(_ text: String, _ position: Int, _ problem: String) {
        let error = #expect(throws: ScannerAddressError.self) { try ScannerAddress(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }

    static let urls: [(String, String, Int, String)] = [
        ("icap://h/s", "h", 1344, "/s"), ("ICAP://h:1/s?a=b&c=d?/", "h", 1, "/s?a=b&c=d?/"),
        ("icap://[::1]:13/a/b%20c", "::1", 13, "/a/b%20c"),
    ]

    @Test("URLs", arguments: urls)
    func readsURLs(_ text: String, _ host: String, _ port: Int, _ service: String) throws {
        let url = try ICAPURL(parsing: text)
        #expect(url.host == host)
        #expect(url.port == port)
        #expect(url.service == service)
        #expect(try ICAPURL(parsing: "\(url)") == url)
    }

    static let wrongURLs: [(String, Int, String)] = [
        ("", 0, "icap://"), ("http://h/s", 0, "icap://"), ("icap:/h/s", 0, "icap://"), ("icaps://h/s", 0, "icap://"),
        ("icap:///s", 7, "no host"), ("icap://u@h/s", 8, "no user"), ("icap://u:p@h/s", 10, "no user"),
        ("icap://h", 8, "no service"), ("icap://h/", 8, "no service"), ("icap://h?x", 8, "no service"),
        ("icap://h/?x", 8, "no service"), ("icap://h/s#f", 10, "fragment"), ("icap://h/a b", 10, "percent-encoded"),
        ("icap://h/a\r\n", 10, "percent-encoded"), ("icap://h/é", 9, "percent-encoded"),
        ("icap://h/%4", 9, "hexadecimal"),
        ("icap://h/%zz", 9, "hexadecimal"), ("icap://h:x/s", 9, "the port"),
        ("icap://h/" + String(repeating: "s", count: 2_048), 2_048, "more than 2048"),
    ]

    @Test("What is no URL", arguments: wrongURLs)
    func refusesURLs(_ text: String, _ position: Int, _ problem: String) {
        let error = #expect(throws: ScannerAddressError.self) { try ICAPURL(parsing: text) }
        #expect(error?.position == position)
        #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }
}
