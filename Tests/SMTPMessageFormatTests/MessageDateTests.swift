import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Dates")
struct MessageDateTests {
    struct Case: Sendable {
        var text: String
        var seconds: Int64
        var zone: Int?
        var isObsolete = false
        var weekdayMismatch = false
    }

    private static func date(_ text: String) -> MessageDate? { MessageDate(Array(text.utf8).span) }

    @Test(
        "are read (RFC 5322 §3.3, §4.3)",
        arguments: [
            Case(text: " Thu, 1 Jan 1970 00:00:00 +0000", seconds: 0, zone: 0),
            Case(text: " 1 Jan 1970 00:00 -0000", seconds: 0, zone: nil),
            Case(text: " Fri, 21 Nov 1997 09:55:06 -0600", seconds: 880_127_706, zone: -21_600),
            Case(text: "Sat, 28 Nov 2026 23:47:26 +0530", seconds: 1_795_889_846, zone: 19_800),
            Case(text: " Tue, 29 Feb 2000 12:00:00 +0000", seconds: 951_825_600, zone: 0),
            Case(text: " Sat, 31 Dec 2016 23:59:60 +0000", seconds: 1_483_228_800, zone: 0),
            Case(text: " Thu,\r\n\t1\r\n Jan\r\n 1970 00:00:00 +0000", seconds: 0, zone: 0),
            Case(text: " Thu, 1 Jan 1970 00:00:00 +0000 (UTC)", seconds: 0, zone: 0),
            Case(text: " Thu, 1 Jan (a (b) \\) c) 1970 00:00:00 +0000", seconds: 0, zone: 0, isObsolete: true),
            Case(text: " 21 Nov 97 09:55:06 GMT", seconds: 880_106_106, zone: 0, isObsolete: true),
            Case(text: " 1 Jan 70 0:0 EST", seconds: 18_000, zone: -18_000, isObsolete: true),
            Case(text: " 1 Jan 49 00:00 UT", seconds: 2_493_072_000, zone: 0, isObsolete: true),
            Case(text: " 1 Jan 100 00:00 Z", seconds: 946_684_800, zone: nil, isObsolete: true),
            Case(text: " Fri, 1 Jan 1970 00:00:00 +0000", seconds: 0, zone: 0, weekdayMismatch: true),
        ])
    func valid(_ item: Case) throws {
        let date = try #require(Self.date(item.text))
        #expect(date.secondsSince1970 == item.seconds)
        #expect(date.zoneOffset == item.zone)
        #expect(date.isObsolete == item.isObsolete)
        #expect(date.weekdayMismatch == item.weekdayMismatch)
    }

    @Test(
        "that are none are refused",
        arguments: [
            "", " ", "now", "Thu, 1 Jan 1970", "Thu 1 Jan 1970 00:00:00 +0000", "Xyz, 1 Jan 1970 00:00:00 +0000",
            "31 Apr 2026 00:00:00 +0000", "29 Feb 2026 00:00:00 +0000", "29 Feb 1900 00:00:00 +0000",
            "0 Jan 2026 00:00:00 +0000", "32 Jan 2026 00:00:00 +0000", "1 Foo 2026 00:00:00 +0000",
            "1 Jan 2026 24:00:00 +0000", "1 Jan 2026 00:60:00 +0000", "1 Jan 2026 00:00:61 +0000",
            "1 Jan 2026 00:00:00 +0060", "1 Jan 2026 00:00:00 +000", "1 Jan 2026 00:00:00 0000", "1 Jan 2026 00:00:00",
            "1 Jan 2026 00:00:00 +0000 x", "1 Jan 99999 00:00:00 +0000", "1 Jan 1899 00:00:00 +0000",
            "1 Jan 2026 00:00:00 +0000 (", "2026-01-01T00:00:00Z", "1 Jan 2026 00:00:00 +0000\0",
        ])
    func invalid(_ text: String) { #expect(Self.date(text) == nil) }

    @Test("any octets are read without a fault, and every date that is written is read as it was")
    func generated() throws {
        var random = Generator(seed: 5_322)
        let letters = Array("0123456789 :,+-()\\\r\nJanFebMonTueGMT".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let octets = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? 0
            }
            if let date = MessageDate(octets.span) { #expect(date.secondsSince1970 > -2_300_000_000) }
            let days = Int64.random(in: -25_000...200_000, using: &random)
            let seconds = days * 86_400 + Int64.random(in: 0..<86_400, using: &random)
            let written = try #require(Self.date(Self.written(seconds)))
            #expect(written.secondsSince1970 == seconds)
            #expect(!written.weekdayMismatch)
        }
    }

    /// Counts day by day, year by year: slow, and different from what is tested.
    private static func written(_ seconds: Int64) -> String {
        var day = Int(seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400)
        let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((day % 7) + 7) % 7]
        let rest = Int(seconds) - day * 86_400
        var year = 1970
        func length(_ year: Int) -> Int { year % 400 == 0 || year % 4 == 0 && year % 100 != 0 ? 366 : 365 }
        while day < 0 {
            year -= 1
            day += length(year)
        }
        while day >= length(year) {
            day -= length(year)
            year += 1
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let lengths = [31, length(year) - 337, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var month = 0
        while day >= lengths[month] {
            day -= lengths[month]
            month += 1
        }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return
            " \(weekday), \(day + 1) \(months[month]) \(year) \(two(rest / 3_600)):\(two(rest / 60 % 60)):\(two(rest % 60)) +0000"
    }
}
