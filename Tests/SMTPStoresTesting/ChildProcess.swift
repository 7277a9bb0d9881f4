import Foundation

/// A program that a test runs.
///
/// Not Foundation's: on Linux, that learns of a program's end by a socket which other programs inherit, so a redis-server that was
/// started meanwhile can keep `waitUntilExit` spinning for as long as it lives.
public struct ChildProcess: Sendable {
    /// Why a program cannot be run.
    public struct Problem: Error, CustomStringConvertible {
        /// In words.
        public let description: String
    }

    private let identifier: pid_t
    private var hasEnded = false

    /// Starts it, without input.
    ///
    /// - Parameter output: where its output goes; `nil` for nowhere.
    public init(_ program: String, _ arguments: [String], in folder: String? = nil, output: Int32? = nil) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        if let output {
            posix_spawn_file_actions_adddup2(&actions, output, 1)
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        // Sockets that other tests listen on would otherwise stay open for as long as the program runs.
        for descriptor in 3..<16_384 { posix_spawn_file_actions_addclose(&actions, CInt(descriptor)) }
        let shell = folder.map { ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", $0] } ?? []
        let command = shell + [program] + arguments
        var words: [UnsafeMutablePointer<CChar>?] = command.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        // Threads that run tasks block signals, and a program would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var identifier: pid_t = 0
        let result = posix_spawn(&identifier, command[0], &actions, &attributes, words, environ)
        guard result == 0 else { throw Problem(description: "\(program) does not start: \(result)") }
        self.identifier = identifier
    }

    /// Sends it a signal, unless it is known to have ended.
    public func kill(_ signal: Int32) {
        if !hasEnded { _ = Glibc.kill(identifier, signal) }
    }

    /// Waits for its end, and brings that about after 20 seconds.
    public mutating func wait() {
        let end = ContinuousClock.now + .seconds(20)
        while !hasEnded {
            let result = waitpid(identifier, nil, WNOHANG)
            hasEnded = result == identifier || (result < 0 && errno != EINTR)
            guard !hasEnded else { return }
            if ContinuousClock.now > end { kill(SIGKILL) }
            usleep(1_000)
        }
    }
}

/// Runs a program to its end, for 20 seconds at most.
///
/// - Returns: its output.
@discardableResult
public func run(_ program: String, _ arguments: [String], in folder: String? = nil) throws -> String {
    // A file and no pipe: other programs that are started meanwhile could keep a pipe open.
    let file = "/tmp/smtp-store-output-\(UUID().uuidString)"
    let output = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw ChildProcess.Problem(description: "no file for what \(program) says") }
    defer {
        close(output)
        unlink(file)
    }
    var process = try ChildProcess(program, arguments, in: folder, output: output)
    process.wait()
    return try String(contentsOfFile: file, encoding: .utf8)
}
