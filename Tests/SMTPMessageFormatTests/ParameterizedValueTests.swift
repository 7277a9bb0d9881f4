import SMTPMessageFormat
import SMTPSecurityTesting
import Testing

@Suite("Values with parameters")
struct ParameterizedValueTests {
    struct Case: Sendable {
        var body: String
        var value: String
        var readings: [String: [String]]
        var anomalies: [Anomaly]

        init(
            _ body: String, _ value: String, _ readings: [String: [String]] = [:],
            _ anomalies: [(Anomaly.Kind, Int)] = []
        ) {
            self.body = body
            self.value = value
            self.readings = readings
            self.anomalies = anomalies.map { Anomaly($0.0, at: $0.1) }
        }
    }

    private static func readings(_ value: ParameterizedValue) -> [String: [String]] {
        var all: [String: [String]] = [:]
        for parameter in value.parameters {
            let name = String(decoding: parameter.name, as: UTF8.self)
            all[name] = value.readings(of: name).map { String(decoding: $0.octets, as: UTF8.self) }
        }
        return all
    }

    @Test(
        "are read as the standards have it",
        arguments: [
            Case("", ""), Case(" text/plain", "text/plain"), Case("TEXT/Plain;", "text/plain"),
            Case(" text/plain; charset=utf-8", "text/plain", ["charset": ["utf-8"]]),
            Case(
                " text/plain;charset=\"UTF-8\" ; Format=flowed", "text/plain",
                ["charset": ["UTF-8"], "format": ["flowed"]]),
            Case(" multipart/mixed;\r\n\tboundary=\"a;b=c (d)\"\r\n", "multipart/mixed", ["boundary": ["a;b=c (d)"]]),
            Case(" attachment; filename=\"a \\\"b\\\" \\\\c\"", "attachment", ["filename": ["a \"b\" \\c"]]),
            Case(" attachment; filename=\"a\r\n b\"", "attachment", ["filename": ["a b"]]),
            Case(" x; a=\"\"", "x", ["a": [""]]), Case(" x;; ; a=b;", "x", ["a": ["b"]]),
            Case(" a/b; n*0=\"one \"; n*1=two; n*2=\" three\"", "a/b", ["n": ["one two three"]]),
            Case(" a/b; n*=utf-8'en'%C3%A9t%c3%A9", "a/b", ["n": ["été"]]),
            Case(" a/b; n*=us-ascii'en-us'This%20is", "a/b", ["n": ["This is"]]),
            Case(" a/b; n*0*=''a%20; n*1*=b%20; n*2=\"c%20\"", "a/b", ["n": ["a b c%20"]]),
        ])
    func standard(_ item: Case) {
        let value = ParameterizedValue(Array(item.body.utf8).span)
        #expect(String(decoding: value.value, as: UTF8.self) == item.value)
        #expect(Self.readings(value) == item.readings)
        #expect(value.anomalies.first == [])
    }

    @Test(
        "have every plausible reading where they are broken, and that is told",
        arguments: [
            Case("a b; x=y", "ab", ["x": ["y"]], [(.fieldValue, 2)]),
            Case("a / b", "a/b", [:], [(.fieldValue, 2)]), Case("a@b", "a@b", [:], [(.fieldValue, 1)]),
            Case("a(c)/b", "a/b", [:], [(.fieldComment, 1), (.fieldValue, 4)]),
            Case("a/b (x; y=z)", "a/b", [:], [(.fieldComment, 4)]),
            Case("a; (x=y;) b=c", "a", ["b": ["c"]], [(.fieldComment, 3)]),
            Case("a; b=c(d)", "a", ["b": ["c"]], [(.fieldComment, 6)]),
            Case("a; (b=c", "a", [:], [(.fieldComment, 3)]), Case("a; (\\) b=c", "a", [:], [(.fieldComment, 3)]),
            Case("a; b =c", "a", ["b": ["c"]], [(.parameterSyntax, 4)]),
            Case("a; b= c", "a", ["b": ["c"]], [(.parameterSyntax, 5)]),
            Case("a; b", "a", [:], [(.parameterSyntax, 3)]), Case("a; =c", "a", [:], [(.parameterSyntax, 3)]),
            Case("a; =c; d=e", "a", ["d": ["e"]], [(.parameterSyntax, 3)]),
            Case("a; b=", "a", ["b": [""]], [(.parameterSyntax, 5)]),
            Case("a; b=my file.exe", "a", ["b": ["my", "my file.exe"]], [(.parameterToken, 8)]),
            Case("a; b=x:y", "a", ["b": ["x:y"]], [(.parameterToken, 6)]),
            Case("a; b=é", "a", ["b": ["é"]], [(.parameterToken, 5)]),
            Case("a; b=x\"y; z\"", "a", ["b": ["x\"y"]], [(.parameterToken, 6), (.parameterSyntax, 11)]),
            Case("a; b=\"c\".exe", "a", ["b": ["c", "c.exe"]], [(.parameterSyntax, 8)]),
            Case("a; b=\"c\" d; e=f", "a", ["b": ["c", "cd"], "e": ["f"]], [(.parameterSyntax, 9)]),
            Case("a; b=\"c; d=e", "a", ["b": ["c; d=e", "\"c"]], [(.parameterQuote, 5)]),
            Case("a; b=\"C:\\new\"", "a", ["b": ["C:new", "C:\\new"]], [(.parameterEscape, 8)]),
            Case("a; b=\"c\u{0}\"", "a", ["b": ["c\u{0}"]], [(.parameterOctet, 7)]),
            Case("a; b=c; b=d", "a", ["b": ["c", "d"]], [(.duplicateParameter, 8)]),
            Case("a; b=c; B=c", "a", ["b": ["c"]], [(.duplicateParameter, 8)]),
            Case("a; b=c; b*=''d", "a", ["b": ["c", "d"]], [(.duplicateParameter, 8)]),
            Case("a; b=c; b*0=d", "a", ["b": ["d", "c"]], [(.duplicateParameter, 8)]),
            Case("a; b*1=d; b*0=c", "a", ["b": ["cd"]], [(.parameterSections, 3)]),
            Case("a; b*0=c; b*2=d", "a", ["b": ["cd"]], [(.parameterSections, 10)]),
            Case("a; b*0=c; b*0=d", "a", ["b": ["cd"]], [(.parameterSections, 10)]),
            Case("a; b*00=c", "a", ["b": ["c"]], [(.parameterSections, 3)]),
            Case("a; b*x=c", "a", ["b*x": ["c"]], [(.parameterSections, 3)]),
            Case("a; b**=c", "a", ["b**": ["c"]], [(.parameterSections, 3)]),
            Case("a; b*99999=c", "a", ["b*99999": ["c"]], [(.parameterSections, 3)]),
            Case("a; b*=c", "a", ["b": ["c"]], [(.parameterEncoding, 3)]),
            Case("a; b*=utf-8''%4", "a", ["b": ["%4"]], [(.parameterEncoding, 3)]),
            Case("a; b*=utf-8''%zz", "a", ["b": ["%zz"]], [(.parameterEncoding, 3)]),
        ])
    func broken(_ item: Case) {
        let value = ParameterizedValue(Array(item.body.utf8).span)
        #expect(String(decoding: value.value, as: UTF8.self) == item.value)
        #expect(Self.readings(value) == item.readings)
        #expect(value.anomalies.first == item.anomalies)
        let later = ParameterizedValue(Array(item.body.utf8).span, at: 500)
        #expect(later.anomalies.first.map(\.offset) == item.anomalies.map { $0.offset + 500 })
    }

    @Test("tell the character set")
    func charset() {
        let value = ParameterizedValue(Array("a; b*0*=ISO-8859-1'fr'%E9; b*1=t".utf8).span)
        #expect(value.readings(of: "b") == [.init([0xE9, 0x74], charset: "iso-8859-1")])
        #expect(value.readings(of: "c").isEmpty)
    }

    @Test("written by the standards are read as they were meant, whatever form they have")
    func generated() {
        var random = Generator(seed: 2_231)
        let letters = Array("abcXYZ019 ();=\"\\/:.*'%é€".utf8)
        let token = Set("abcXYZ019.*'%".utf8)
        for _ in 0..<Generator.cases(2_000) {
            var body = Array(" a/b".utf8)
            var meant: [[UInt8]] = []
            for index in 0..<Int.random(in: 0...4, using: &random) {
                let value = (0..<Int.random(in: 1...12, using: &random)).map { _ in
                    letters.randomElement(using: &random) ?? 0
                }
                meant.append(value)
                let name = "n\(index)"
                func separator() -> [UInt8] {
                    Array([";", "; ", " ;\r\n ", ";\t"].randomElement(using: &random)?.utf8 ?? ";".utf8)
                }
                func quoted(_ octets: ArraySlice<UInt8>) -> [UInt8] {
                    let escaped = octets.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] }
                    return [0x22] + escaped + [0x22]
                }
                func percent(_ octets: ArraySlice<UInt8>) -> [UInt8] {
                    octets.flatMap { octet -> [UInt8] in
                        guard octet & 0xDF &- 65 >= 26, octet &- 48 >= 10 else { return [octet] }
                        let digits = String(octet, radix: 16)
                        return Array(("%" + (digits.count == 1 ? "0" : "") + digits).utf8)
                    }
                }
                switch Int.random(in: 0..<4, using: &random) {
                case 0 where value.allSatisfy(token.contains):
                    body += separator() + Array("\(name)=".utf8) + value
                case 1: body += separator() + Array("\(name)*=utf-8''".utf8) + percent(value[...])
                case 2:
                    let cut = Int.random(in: 0...value.count, using: &random)
                    body += separator() + Array("\(name)*0*=utf-8''".utf8) + percent(value[..<cut])
                    body += separator() + Array("\(name)*1=".utf8) + quoted(value[cut...])
                default: body += separator() + Array("\(name)=".utf8) + quoted(value[...])
                }
            }
            let read = ParameterizedValue(body.span)
            let text = String(decoding: body, as: UTF8.self)
            #expect(read.anomalies.isEmpty, "\(text) \(read.anomalies.first)")
            for (index, value) in meant.enumerated() {
                #expect(read.readings(of: "n\(index)").map(\.octets) == [value], "\(text)")
            }
        }
    }

    @Test("of any octets are read in time that grows with their length, and keep no more than they have")
    func generatedHostile() {
        var random = Generator(seed: 2_232)
        let usual = Array("ab=;\"\\()*012' \r\n%".utf8)
        for _ in 0..<Generator.cases(2_000) {
            let body = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                Int.random(in: 0..<30, using: &random) == 0
                    ? UInt8.random(in: .min ... .max, using: &random) : usual.randomElement(using: &random) ?? 0
            }
            let read = ParameterizedValue(body.span)
            #expect(read.parameters.reduce(read.value.count) { $0 + $1.value.count } <= body.count, "\(body)")
            #expect(read.anomalies.first.allSatisfy { (0...body.count).contains($0.offset) }, "\(body)")
        }
        for pattern in ["a=b;", "a*0=b;", ";", "\"", "(", "a=\"b\"c;", "a=(", "a b;", "\\", "a=b\\;", "(a)"] {
            let body = Array(String(repeating: pattern, count: 200_000).utf8)
            let read = ParameterizedValue(body.span)
            #expect(read.readings(of: "a").count <= 200_000)
        }
        func named(_ count: Int) -> ParameterizedValue {
            ParameterizedValue(Array(("a;" + (0..<count).map { "n\($0)*0=x;" }.joined()).utf8).span)
        }
        #expect(named(ParameterizedValue.mostParameters).anomalies.isEmpty)
        let many = named(100_000)
        #expect(many.parameters.count == ParameterizedValue.mostParameters)
        #expect(many.anomalies.contains(.parameterCount))
    }
}
