import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Dates")
struct MessageDateTests {
    struct Case: Sendable {
        var text: String
        var seconds: Int64
        var zone: Int?
        var isObsolete: Bool
        var weekdayMismatch: Bool

        init(_ text: String, _ seconds: Int64, _ zone: Int?, isObsolete: Bool = false, weekdayMismatch: Bool = false) {
            self.text = text
            self.seconds = seconds
            self.zone = zone
            self.isObsolete = isObsolete
            self.weekdayMismatch = weekdayMismatch
        }
    }

    private static func date(_ text: String) -> MessageDate? { MessageDate(Array(text.utf8).span) }

    @Test(
        "are read as the standard has them",
        arguments: [
            // RFC 5322 appendix A.
            Case(" Fri, 21 Nov 1997 09:55:06 -0600\r\n", 880_127_706, -21_600),
            Case(" Tue, 1 Jul 2003 10:52:37 +0200", 1_057_049_557, 7_200),
            Case(" Thu, 13 Feb 1969 23:32:54 -0330", -27_723_426, -12_600),
            Case(" Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)\r\n", -27_723_480, -12_600),
            Case("1 Jan 1970 00:00 +0000", 0, 0), Case("01 jan 1970 00:00:01 -0000", 1, nil),
            Case("THU,1 JAN 1970 00:00 +0000", 0, 0), Case("Thu,\t1 Jan 1970 00:00:00\t+0000", 0, 0),
            Case("29 Feb 2000 23:59:59 +0000", 951_868_799, 0), Case("29 Feb 2024 12:00 +0000", 1_709_208_000, 0),
            Case("31 Dec 2016 23:59:60 +0000", 1_483_228_800, 0), Case("1 Jan 1900 00:00 +0000", -2_208_988_800, 0),
            Case("1 Jan 1970 00:00 +9959", -359_940, 359_940), Case("1 Jan 1970 00:00 -9959", 359_940, -359_940),
            Case("1 Jan 10000 00:00 +0000", 253_402_300_800, 0),
            Case("1 Jan 1970 00:00 +0000(a (nested \\) one) )", 0, 0),
            Case("Fri, 1 Jan 1970 00:00 +0000", 0, 0, weekdayMismatch: true),
            Case("Sun, 1 Jan 1950 00:00 +0000", -631_152_000, 0),
            Case("Mon, 1 Jan 1950 00:00 +0000", -631_152_000, 0, weekdayMismatch: true),
        ])
    func standard(_ item: Case) throws { try check(item) }

    @Test(
        "are read as they were written before, and that is told",
        arguments: [
            // RFC 5322 appendix A.6.2, A.6.3.
            Case(" 21 Nov 97 09:55:06 GMT", 880_106_106, 0, isObsolete: true),
            Case(" Fri, 21 Nov 1997 09(comment):   55  :  06 -0600", 880_127_706, -21_600, isObsolete: true),
            Case("1 Jan 49 00:00 +0000", 2_493_072_000, 0, isObsolete: true),
            Case("1 Jan 50 00:00 +0000", -631_152_000, 0, isObsolete: true),
            Case("1 Jan 070 00:00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan 100 00:00 +0000", 946_684_800, 0, isObsolete: true),
            Case("1 Jan 1970 00:00 UT", 0, 0, isObsolete: true), Case("1 Jan 1970 00:00 gmt", 0, 0, isObsolete: true),
            Case("1 Jan 1970 00:00 EST", 18_000, -18_000, isObsolete: true),
            Case("1 Jan 1970 00:00 EDT", 14_400, -14_400, isObsolete: true),
            Case("1 Jan 1970 00:00 CST", 21_600, -21_600, isObsolete: true),
            Case("1 Jan 1970 00:00 CDT", 18_000, -18_000, isObsolete: true),
            Case("1 Jan 1970 00:00 MST", 25_200, -25_200, isObsolete: true),
            Case("1 Jan 1970 00:00 MDT", 21_600, -21_600, isObsolete: true),
            Case("1 Jan 1970 00:00 PST", 28_800, -28_800, isObsolete: true),
            Case("1 Jan 1970 00:00 PDT", 25_200, -25_200, isObsolete: true),
            Case("1 Jan 1970 00:00 Z", 0, nil, isObsolete: true), Case("1 Jan 1970 00:00 a", 0, nil, isObsolete: true),
            Case("1 Jan 1970 00:00 CEST", 0, nil, isObsolete: true),
            Case("(c) Thu, 1 Jan 1970 00:00 +0000", 0, 0, isObsolete: true),
            Case("Thu , 1 Jan 1970 00:00 +0000", 0, 0, isObsolete: true),
            Case("Thu, (c) 1 Jan 1970 00:00 +0000", 0, 0, isObsolete: true),
            Case("1(c)Jan 1970 00:00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan(c)1970 00:00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan 1970(c)00:00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan 1970 00:00(c)+0000", 0, 0, isObsolete: true),
            Case("1Jan1970 00:00+0000", 0, 0, isObsolete: true),
            Case("1 Jan 1970 00 :00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan 1970 00: 00 +0000", 0, 0, isObsolete: true),
            Case("1 Jan 1970 00:00 :00 +0000", 0, 0, isObsolete: true),
        ])
    func obsolete(_ item: Case) throws { try check(item) }

    private func check(_ item: Case) throws {
        let date = try #require(Self.date(item.text))
        #expect(date.secondsSince1970 == item.seconds)
        #expect(date.zoneOffset == item.zone)
        #expect(date.isObsolete == item.isObsolete)
        #expect(date.weekdayMismatch == item.weekdayMismatch)
    }

    @Test(
        "that are none are not read",
        arguments: [
            "", " ", "\r\n", "Thu", "Thu,", "1", "1 Jan", "1 Jan 1970", "1 Jan 1970 00", "1 Jan 1970 00:00",
            "1 Jan 1970 00:00:00", "1 Jan 1970 00:00:00 +", "1 Jan 1970 00:00:00 +000", "1 Jan 1970 00:00:00 +00000",
            "1 Jan 1970 00:00:00 +0060", "1 Jan 1970 00:00:00 +00:00", "1 Jan 1970 00:00:00 +0000 x",
            "1 Jan 1970 00:00:00 +0000 (", "1 Jan 1970 00:00:00 +0000 )", "1 Jan 1970 00:00:00 +0000 (\\)",
            "(1 Jan 1970 00:00:00 +0000", "1 Jan 1970 00(:00 +0000", "1 Jan 1970 00:00( +0000",
            "0 Jan 1970 00:00 +0000", "32 Jan 1970 00:00 +0000", "31 Apr 1970 00:00 +0000", "29 Feb 1970 00:00 +0000",
            "29 Feb 1900 00:00 +0000", "29 Feb 2100 00:00 +0000", "001 Jan 1970 00:00 +0000",
            "1 Jan 1970 24:00 +0000", "1 Jan 1970 23:60 +0000", "1 Jan 1970 23:59:61 +0000", "1 Jan 1970 0:00 +0000",
            "1 Jan 1970 00:0 +0000", "1 Jan 1970 00:00:0 +0000", "1 Jan 1970 000:00 +0000", "1 Jan 1970 0000 +0000",
            "1 Jan 7 00:00 +0000", "1 Jan 1899 00:00 +0000", "1 Jan 0070 00:00 +0000", "1 Jan 1000000000 00:00 +0000",
            "1 January 1970 00:00 +0000", "1 Jän 1970 00:00 +0000", "1 Foo 1970 00:00 +0000", "1-Jan-1970 00:00 +0000",
            "Jan 1 1970 00:00 +0000", "Thursday, 1 Jan 1970 00:00 +0000", "Thu 1 Jan 1970 00:00 +0000",
            "Foo, 1 Jan 1970 00:00 +0000", ", 1 Jan 1970 00:00 +0000", "Thu Jan  1 00:00:00 1970",
            "1970-01-01T00:00:00Z", "1 Jan 1970 00:00 G1", "1 Jan 1970 00:00 ABCDEFGHI", "1 Jan 1970 00:00 \u{0}",
            "1\u{0}Jan 1970 00:00 +0000", "\u{A0}1 Jan 1970 00:00 +0000",
        ])
    func wrong(_ text: String) { #expect(Self.date(text) == nil) }

    @Test("go on one day after the other, and are read in every form")
    func generated() throws {
        var random = Generator(seed: 3_303)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
        var (year, month, day, midnight) = (1_900, 0, 1, Int64(-2_208_988_800))
        var weekday = 1
        for _ in 0..<Generator.cases(2_000) {
            for _ in 0..<Int.random(in: 1...90, using: &random) {
                day += 1
                midnight += 86_400
                weekday = (weekday + 1) % 7
                let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
                let length = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
                if day > length { (day, month) = (1, month + 1) }
                if month == 12 { (month, year) = (0, year + 1) }
            }
            let (hour, minute) = (Int.random(in: 0..<24, using: &random), Int.random(in: 0..<60, using: &random))
            let second = Int.random(in: 0...60, using: &random)
            let (zoneHour, zoneMinute) = (
                Int.random(in: 0..<15, using: &random), Int.random(in: 0..<60, using: &random)
            )
            let isEast = zoneHour == 0 && zoneMinute == 0 || Bool.random(using: &random)
            let zone = (zoneHour * 3_600 + zoneMinute * 60) * (isEast ? 1 : -1)
            let isObsolete = Bool.random(using: &random)
            func space(_ usual: String) -> String {
                isObsolete ? ["(c)", " (c (d)) ", "\r\n\t(\\()"].randomElement(using: &random) ?? usual : usual
            }
            let parts = [
                weekdays[weekday], space(""), ",", space(" "), String(day), space("\r\n "), months[month], space(" "),
                String(year), space(" "), two(hour), space(""), ":", space(""), two(minute), space(""), ":", space(""),
                two(second), space(" "), isEast ? "+" : "-", two(zoneHour), two(zoneMinute), space(""),
            ]
            let text = parts.joined()
            let date = try #require(Self.date(text), "\(text)")
            let local = midnight + Int64(hour * 3_600 + minute * 60 + second)
            #expect(date.secondsSince1970 == local - Int64(zone), "\(text)")
            #expect(date.zoneOffset == zone, "\(text)")
            #expect(date.isObsolete == isObsolete, "\(text)")
            #expect(!date.weekdayMismatch, "\(text)")
        }
    }

    @Test("of any octets are read in time that grows with their length")
    func generatedHostile() {
        var random = Generator(seed: 3_304)
        let usual = Array("Thu, 1 Jan 1970 00:00:00 +0000 (c)".utf8)
        for _ in 0..<Generator.cases(2_000) {
            var text = usual
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let place = Int.random(in: 0..<text.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: text[place] = UInt8.random(in: .min ... .max, using: &random)
                case 1: text.insert(usual.randomElement(using: &random) ?? 0, at: place)
                default: text.remove(at: place)
                }
            }
            if let date = MessageDate(text.span) {
                #expect(date.secondsSince1970 > -3_000_000_000, "\(text)")
            }
        }
        for pattern in [" ", "(", "()", "\\", "(\\", "1", "1 ", "Thu,", "+", ":", "00:"] {
            for prefix in ["", "1 Jan 1970 00:00", "1 Jan ", "1 Jan 1970 00:00 +0000 "] {
                let text = prefix + String(repeating: pattern, count: 50_000)
                _ = Self.date(text)
            }
        }
    }
}
