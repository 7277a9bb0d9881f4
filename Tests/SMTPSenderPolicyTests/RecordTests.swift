import SMTPSenderPolicy
import Testing

@Suite("Policy records")
struct RecordTests {
    private func problem(_ text: String) -> SPFSyntaxError? {
        do throws(SPFSyntaxError) {
            _ = try SPFRecord(Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "are known by their version",
        arguments: [
            ("v=spf1", true), ("v=spf1 -all", true), ("V=SPF1 ", true), ("v=spf10", false), ("v=spf1-all", false),
            ("v=spf1\t-all", false), (" v=spf1", false), ("v=spf", false), ("", false), ("v\u{1D}spf1", false),
        ])
    func version(_ text: String, _ isRecord: Bool) { #expect(SPFRecord.isRecord(Array(text.utf8)) == isRecord) }

    @Test(
        "can be written in many ways",
        arguments: [
            "v=spf1", "v=spf1 ", "v=spf1  -all  ", "v=spf1 ALL", "v=spf1 ?all ~all -all +all", "v=spf1 a mx ptr",
            "v=spf1 a/0 a//0 a/32//128 mx/24", "v=spf1 a:example.org/24//64", "v=spf1 a:x/y.example",
            "v=spf1 ip4:192.0.2.0/0 ip4:192.0.2.1 ip6:2001:db8::/32 ip6:::1 IP6:::ffff:192.0.2.1/128",
            "v=spf1 include:_spf.%{d} exists:%{ir}.%{v}._spf.%{d2} -all", "v=spf1 a:example.org.",
            "v=spf1 a:%{d}", "v=spf1 a:%%%_%-.example.org", "v=spf1 a:museum.1a", "v=spf1 a:a.b-c",
            "v=spf1 redirect=example.org exp=e.%{D1r.-+,/_=}", "v=spf1 -all redirect=example.org",
            "v=spf1 x-Y_z.9=%{s}anything", "v=spf1 moo=", "v=spf1 exp=a.%{d}-x.example",
        ])
    func right(_ text: String) { #expect(problem(text) == nil) }

    @Test(
        "can be wrong in more",
        arguments: [
            ("all:x", "`all` has no argument"), ("all/8", "`all` has no argument"), ("-", "an unknown mechanism"),
            ("--all", "an unknown mechanism"), ("everything", "an unknown mechanism"), ("a.b", "an unknown mechanism"),
            ("include", "a domain is missing"), ("include:", "a domain is missing"), ("exists", "a domain is missing"),
            ("a:", "a domain is missing"), ("include:example.org/24", "a domain that cannot be one"),
            ("a:org", "a domain has two labels at least"), ("a:example.1", "a domain that cannot be one"),
            ("a:example.-a", "a domain that cannot be one"), ("a:example.a-", "a domain that cannot be one"),
            ("a:example..", "a domain that cannot be one"), ("a:example.o_g", "a domain that cannot be one"),
            ("a/", "a prefix length that cannot be one"), ("a/33", "a prefix length that cannot be one"),
            ("a//129", "a prefix length that cannot be one"), ("a/08", "a prefix length that cannot be one"),
            ("a/24//", "a prefix length that cannot be one"),
            ("a/99999999999999999999", "a prefix length that cannot be one"),
            ("mx/x", "a domain is missing"), ("ptr/8", "a domain is missing"), ("ip4", "an address is missing"),
            ("ip4:192.0.2", "an address that cannot be one"), ("ip4:::1", "an address that cannot be one"),
            ("ip4:192.0.2.1/33", "a prefix length that cannot be one"),
            ("ip6:192.0.2.1", "an address that cannot be one"),
            ("ip6:::1/129", "a prefix length that cannot be one"),
            ("ip6:::1//64", "a prefix length that cannot be one"),
            ("ip6:::1/-32", "a prefix length that cannot be one"),
            ("ip4:192.0.2.1/-1", "a prefix length that cannot be one"),
            ("ip4:192.0.2.1/+8", "a prefix length that cannot be one"),
            ("a//-64", "a domain is missing"), ("a/24//-4", "a domain is missing"),
            ("redirect=", "a domain is missing"), ("redirect=org", "a domain has two labels at least"),
            ("redirect=a.b redirect=a.b", "a second redirect"), ("exp=a.b exp=c.d", "a second explanation"),
            ("exp=", "a domain is missing"), ("=x", "the name of a modifier begins with a letter"),
            ("9=x", "the name of a modifier begins with a letter"), ("x=%", "a percent sign that begins no macro"),
            ("a:%x.org", "a percent sign that begins no macro"), ("a:%{", "a macro without an end"),
            ("a:%{d", "a macro without an end"), ("a:%{}", "an unknown macro letter"),
            ("a:%{a}", "an unknown macro letter"),
            ("a:%{c}", "an unknown macro letter"), ("exp=%{r}", "an unknown macro letter"),
            ("a:%{d0}", "a macro that takes 0 parts"), ("a:%{d00}", "a macro that takes 0 parts"),
            ("a:%{dr2}", "an unknown delimiter in a macro"), ("a:%{d;}", "an unknown delimiter in a macro"),
            ("a:\u{7F}.org", "an octet that is not allowed"), ("a:é.org", "an octet that is not allowed"),
            ("x=\u{0}", "an octet that is not allowed"), ("\ta", "an unknown mechanism"),
        ])
    func wrong(_ term: String, _ text: String) {
        #expect(problem("v=spf1 \(term) -all")?.description == text)
        #expect(problem("v=spf1 mx \(term)")?.description == text)
    }
}
