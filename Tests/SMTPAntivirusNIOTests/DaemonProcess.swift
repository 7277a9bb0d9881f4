import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import SMTPAntivirusNIO

/// A server program in a temporary folder of its own, for one test. It is killed, with all that it has started, once the test has let go of it.
///
/// A class because its identity is the point: it owns a process.
final class DaemonProcess: Sendable {
    /// What it may use.
    let folder: String
    private let identifier: pid_t
    private let hasEnded = Mutex(false)

    /// Starts it.
    ///
    /// - Parameter files: what to write into the folder before.
    init(_ program: String, _ arguments: [String], folder: String, files: [String: String]) throws {
        self.folder = folder
        for (name, content) in files {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(name)".split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" },
                withIntermediateDirectories: true)
            try Data(content.utf8).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "\(folder)/output", O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Sockets that other tests listen on would otherwise stay open for as long as the program runs.
        for descriptor in 3..<16_384 { posix_spawn_file_actions_addclose(&actions, CInt(descriptor)) }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        // Threads that run tasks block signals, and a program would inherit that. Its group is its own, so that its children can be killed.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        var identifier: pid_t = 0
        let result = posix_spawn(&identifier, program, &actions, &attributes, words, environ)
        guard result == 0 else { throw Problem(description: "\(program) does not start: \(result)") }
        self.identifier = identifier
    }

    deinit {
        kill(SIGKILL)
        if !hasEnded.withLock({ $0 }) { waitpid(identifier, nil, 0) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A new temporary folder.
    static func makeFolder() throws -> String {
        let folder = "\(NSTemporaryDirectory())/smtp-av-\(UUID().uuidString.prefix(8))".replacing("//", with: "/")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    /// Sends a signal to it and its children.
    func kill(_ signal: Int32) {
        if !hasEnded.withLock({ $0 }) { _ = Glibc.kill(-identifier, signal) }
    }

    /// What it has said.
    var output: String { (try? String(contentsOfFile: "\(folder)/output", encoding: .utf8)) ?? "" }

    /// Waits until it accepts connections.
    func accepts(_ address: ScannerAddress) async throws {
        try await eventually("a server at \(address) is ready") {
            let ended = hasEnded.withLock { hasEnded in
                if !hasEnded { hasEnded = waitpid(identifier, nil, WNOHANG) == identifier }
                return hasEnded
            }
            guard !ended else { throw Problem(description: "the server has ended: \(output)") }
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            let channel =
                switch address {
                case .unix(let path): try? await bootstrap.connect(unixDomainSocketPath: path).get()
                case .tcp(let host, let port): try? await bootstrap.connect(host: host, port: port).get()
                }
            try? await channel?.close()
            return channel != nil
        }
    }
}
