import Foundation
import SMTPStoresTesting
import Synchronization

/// A real redis-server in a temporary folder, on a UNIX domain socket of its own, for one test.
///
/// A class because its identity is the point: it owns a process, which is gone once the test has let go of it.
final class RedisServer: Sendable {
    /// Whether there is one to start. Says so once if not: tests that are skipped should not go unnoticed.
    static let isInstalled: Bool = {
        let found = find("redis-server") != nil && find("redis-cli") != nil
        if !found {
            print("SKIPPED: redis-server and redis-cli are not installed, so no store is tested against a server")
        }
        return found
    }()

    struct Problem: Error, CustomStringConvertible {
        var description: String
    }

    let folder: String
    let arguments: [String]
    private let process = Mutex<ChildProcess?>(nil)

    var socket: String { "\(folder)/redis.sock" }

    /// Starts one and waits until it answers.
    init(_ arguments: [String] = [], folder: String? = nil) async throws {
        self.folder = try folder ?? Self.makeFolder()
        self.arguments = arguments
        try await start()
    }

    deinit {
        kill(SIGKILL)
        process.withLock { $0?.wait() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    static func makeFolder() throws -> String {
        let folder = "/tmp/smtp-redis-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    static func find(_ program: String) -> String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            .map { "\($0)/\(program)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A TCP port of the loopback interface that nobody has at the moment.
    static func freePort() throws -> Int {
        let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutableBytes(of: &address) { bytes -> Int32 in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return -1 }
            return bind(descriptor, pointer, size) == 0 ? getsockname(descriptor, pointer, &size) : -1
        }
        guard result == 0 else { throw Problem(description: "no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    func start() async throws {
        guard let program = Self.find("redis-server") else { throw Problem(description: "no redis-server") }
        let started = try ChildProcess(
            program,
            (arguments.contains("--port") ? [] : ["--port", "0"])
                + ["--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir", folder]
                + ["--logfile", "\(folder)/redis.log", "--enable-debug-command", "yes"] + arguments)
        process.withLock { $0 = started }
        try await eventually("the server is ready") {
            let answer = (try? self.command("PING")) ?? ""
            return answer.contains("PONG") || answer.contains("NOAUTH")
        }
    }

    /// Stops it in good order.
    func stop() throws {
        // Not SIGTERM: a process that is started from a task inherits its thread's mask, which blocks that.
        try command("SHUTDOWN", "NOSAVE")
        process.withLock { $0?.wait() }
    }

    func kill(_ signal: Int32) {
        process.withLock { $0?.kill(signal) }
    }

    /// What redis-cli says to a command.
    @discardableResult
    func command(_ arguments: String...) throws -> String {
        guard let program = Self.find("redis-cli") else { throw Problem(description: "no redis-cli") }
        return try run(program, ["-s", socket] + arguments)
    }

    /// All keys.
    func keys() throws -> [String] {
        try command("--scan").split(separator: "\n").map(String.init)
    }
}

/// Waits until something holds; a minute at most.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw RedisServer.Problem(description: "\(what): not within a minute") }
        try await Task.sleep(for: .milliseconds(5))
    }
}
