#if Redis

import SMTPSecurity
import SMTPStoresRedis
import Testing

struct RedisStoreConfigurationTests {
    struct Example: Sendable {
        var url: String
        var address: RedisAddress
        var user: String?
        var password: String?
        var database = 0
        var isTLS = false
    }

    @Test(arguments: [
        Example(url: "redis://localhost", address: .tcp(host: "localhost", port: 6379)),
        Example(url: "REDIS://h:1/15", address: .tcp(host: "h", port: 1), database: 15),
        Example(url: "redis://:secret@h:6380/", address: .tcp(host: "h", port: 6380), password: "secret"),
        Example(
            url: "rediss://bob:a%40b%2Fc:@h", address: .tcp(host: "h", port: 6379), user: "bob", password: "a@b/c:",
            isTLS: true),
        Example(url: "redis://u:p@ss/w@h", address: .tcp(host: "h", port: 6379), user: "u", password: "p@ss/w"),
        Example(url: "redis://[2001:db8::1]:7000", address: .tcp(host: "2001:db8::1", port: 7000)),
        Example(url: "redis://[::1]/3", address: .tcp(host: "::1", port: 6379), database: 3),
        Example(url: "unix:///run/redis.sock", address: .unix(path: "/run/redis.sock")),
        Example(url: "redis+unix:///a%20b/s?db=2", address: .unix(path: "/a b/s"), database: 2),
        Example(
            url: "redis+unix://me:pw@/s?db=0", address: .unix(path: "/s"), user: "me", password: "pw"),
    ])
    func `A URL is read`(_ example: Example) throws {
        let configuration = try RedisStoreConfiguration(url: example.url)
        #expect(configuration.address == example.address)
        #expect(configuration.credentials?.user == example.user)
        #expect(configuration.credentials?.password == example.password)
        #expect(configuration.database == example.database)
        #expect((configuration.tls != nil) == example.isTLS)
    }

    @Test(arguments: [
        ("", RedisURLError.unknownScheme), ("localhost:6379", .unknownScheme), ("http://h", .unknownScheme),
        ("redis:/h", .unknownScheme), ("redis://", .missingHost), ("redis://:6379", .missingHost),
        ("redis:///1", .missingHost), ("redis://u:p@", .missingHost), ("redis://[::1", .malformedHost),
        ("redis://[::1]6379", .malformedHost), ("redis://h:", .invalidPort), ("redis://h:0", .invalidPort),
        ("redis://h:65536", .invalidPort), ("redis://h:6379x", .invalidPort), ("redis://::1", .missingHost),
        ("redis://:secret", .missingHost),
        ("redis://h/x", .invalidDatabase), ("redis://h/-1", .invalidDatabase), ("redis://h/1/2", .invalidDatabase),
        ("redis://bob@h", .missingPassword), ("redis://bob:@h", .missingPassword), ("redis://@h", .missingPassword),
        ("redis://%zz@h", .missingPassword), ("redis://u:%zz@h", .invalidEscape), ("redis://u:%4@h", .invalidEscape),
        ("redis://u:%00@h", .invalidEscape), ("redis://u:%ff@h", .invalidEscape), ("redis://h?db=1", .unexpectedPart),
        ("redis://h#f", .unexpectedPart), ("unix://", .missingPath), ("unix:///", .missingPath),
        ("unix://h/s", .unexpectedHost), ("unix:///s?x=1", .unexpectedPart), ("unix:///s?db=", .invalidDatabase),
        ("unix:///s?db=x", .invalidDatabase),
    ])
    func `A wrong URL is refused, and the error says why`(_ url: String, _ error: RedisURLError) {
        #expect(throws: error) { try RedisStoreConfiguration(url: url) }
    }

    @Test func `A password is never shown`() throws {
        let configuration = try RedisStoreConfiguration(url: "rediss://bob:hunter2@h")
        var dumped = ""
        dump(configuration, to: &dumped)
        for text in [
            "\(configuration)", String(reflecting: configuration), dumped, "\(configuration.credentials as Any)",
        ] {
            #expect(!text.contains("hunter2"))
        }
        for error in RedisURLError.allCases { #expect(!error.description.isEmpty) }
    }
}

#endif
