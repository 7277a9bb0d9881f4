#if Redis

import Foundation
import SMTPStoresTesting
import SMTPSecurity
import SMTPStoresRedis
import Testing

/// Authentication, databases and TLS.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(if: RedisServer.isInstalled, "redis-server and redis-cli have to be installed"))
struct RedisConnectingTests {
    @Test func `A password opens the server`() async throws {
        let server = try await RedisServer(["--requirepass", "hunter2"])
        let store = try server.store { $0.credentials = RedisCredentials(password: "hunter2") }
        #expect(await store.complaint() == nil)
        await store.shutdown()
    }

    @Test func `A user and a password open the server`() async throws {
        let server = try await RedisServer(["--user", "bob", "on", ">hunter 2", "~smtp-security:*", "+@all"])
        let store = try server.store { $0.credentials = RedisCredentials(user: "bob", password: "hunter 2") }
        #expect(await store.complaint() == nil)
        await store.shutdown()
        let stranger = try server.store {
            $0.credentials = RedisCredentials(user: "bob", password: "hunter 2")
            $0.keyPrefix = "not-mine:"
        }
        #expect(await stranger.complaint()?.contains("permission") == true)
        await stranger.shutdown()
    }

    @Test func `A wrong password is said to be, and not shown`() async throws {
        let server = try await RedisServer(["--requirepass", "hunter2"])
        let log = StateLog()
        let store = try server.store(log) { $0.credentials = RedisCredentials(password: "swordfish") }
        let wanted = RedisStore.State.disconnected(reason: "authentication failed: WRONGPASS")
        try await store.waits(for: wanted)
        #expect(await store.complaint() == "no connection to Redis: authentication failed: WRONGPASS")
        await store.shutdown()
        #expect(log.all == [wanted])
    }

    @Test func `A missing password is said to be`() async throws {
        let server = try await RedisServer(["--requirepass", "hunter2"])
        let store = try server.store()
        try await store.waitsUntilLost()
        #expect(await store.complaint()?.contains("NOAUTH") == true)
        await store.shutdown()
    }

    @Test func `A database is selected, or said to be missing`() async throws {
        let server = try await RedisServer()
        let store = try server.store { $0.database = 3 }
        #expect(await store.complaint() == nil)
        #expect(try server.command("-n", "3", "DBSIZE").first == "1")
        #expect(try server.keys() == [])
        await store.shutdown()
        let lost = try server.store { $0.database = 99 }
        try await lost.waitsUntilLost()
        #expect(await lost.complaint()?.contains("DB index is out of range") == true)
        await lost.shutdown()
    }

    @Test func `A host and a port lead to the server`() async throws {
        let port = try RedisServer.freePort()
        let server = try await RedisServer(["--bind", "127.0.0.1", "--port", "\(port)"])
        for host in ["127.0.0.1", "localhost"] {
            let store = try server.store { $0.address = .tcp(host: host, port: UInt16(port)) }
            #expect(await store.complaint() == nil)
            await store.shutdown()
        }
    }

    // MARK: TLS

    static let hasOpenSSL = RedisServer.find("openssl") != nil

    @Test(.enabled(if: hasOpenSSL, "openssl has to be installed"))
    func `TLS needs the right authority, the right name and, where the server asks for it, a certificate`() async throws
    {
        let folder = try RedisServer.makeFolder()
        try makeCertificates(in: folder)
        let port = try RedisServer.freePort()
        let server = try await RedisServer(
            [
                "--tls-port", "\(port)", "--bind", "127.0.0.1", "--tls-cert-file", "\(folder)/server.pem",
                "--tls-key-file", "\(folder)/server.key", "--tls-ca-cert-file", "\(folder)/ca.pem",
                "--tls-auth-clients", "yes",
            ], folder: folder)
        let right = RedisTLS(
            authorityFile: "\(folder)/ca.pem", serverName: "redis.test", certificateFile: "\(folder)/client.pem",
            keyFile: "\(folder)/client.key")
        func complaint(host: String = "127.0.0.1", _ tls: RedisTLS) async throws -> String? {
            let store = try server.store {
                $0.address = .tcp(host: host, port: UInt16(port))
                $0.tls = tls
                $0.connections = 1
            }
            try await eventually("an outcome") { store.state != .connecting }
            let complaint = await store.complaint()
            if complaint == nil {
                // Many and large enough for several TLS records in both directions.
                await withTaskGroup(of: Void.self) { group in
                    for number in 0..<2_000 { group.addTask { #expect(await store.complaint(number) == nil) } }
                }
            }
            await store.shutdown()
            return complaint
        }
        #expect(try await complaint(right) == nil)
        // The certificate has this address and this name, too.
        var address = right
        address.serverName = nil
        #expect(try await complaint(address) == nil)
        #expect(try await complaint(host: "localhost", address) == nil)

        var wrongAuthority = right
        wrongAuthority.authorityFile = "\(folder)/other-ca.pem"
        #expect(try await complaint(wrongAuthority)?.contains("the server's certificate was refused") == true)
        var system = right
        system.authorityFile = nil
        #expect(try await complaint(system)?.contains("the server's certificate was refused") == true)
        for name in ["other.test", "127.0.0.2"] {
            var wrongName = right
            wrongName.serverName = name
            #expect(try await complaint(wrongName)?.contains("mismatch") == true)
        }
        var anonymous = right
        anonymous.certificateFile = nil
        #expect(try await complaint(anonymous) != nil)
        var missing = right
        missing.authorityFile = "\(folder)/nowhere.pem"
        #expect(try await complaint(missing)?.contains("the file of authorities cannot be used") == true)
        missing = right
        missing.keyFile = "\(folder)/server.key"
        #expect(try await complaint(missing)?.contains("the file of the client's key cannot be used") == true)
    }

    private func makeCertificates(in folder: String) throws {
        let openssl = try #require(RedisServer.find("openssl"))
        for authority in ["ca", "other-ca"] {
            try run(
                openssl,
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=\(authority)", "-keyout", "\(authority).key", "-out", "\(authority).pem",
                ], in: folder)
        }
        let names = "subjectAltName=DNS:redis.test,DNS:localhost,IP:127.0.0.1\n"
        try names.write(toFile: "\(folder)/names", atomically: true, encoding: .utf8)
        for owner in ["server", "client"] {
            try run(
                openssl,
                [
                    "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                    "/CN=\(owner)", "-keyout", "\(owner).key", "-out", "\(owner).csr",
                ], in: folder)
            try run(
                openssl,
                [
                    "x509", "-req", "-in", "\(owner).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-days", "2", "-extfile", "names", "-out", "\(owner).pem",
                ], in: folder)
        }
    }
}

#endif
