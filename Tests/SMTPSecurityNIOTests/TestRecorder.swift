import SMTPSecurity
import Synchronization

/// Keeps what it is told.
final class TestRecorder: SessionRecorder {
    private struct State {
        var profiles: [String] = []
        var events: [TapeEvent] = []
        var calls = 0
    }

    private let state = Mutex(State())
    private let most: Int

    /// A recorder that has enough after so many calls.
    init(most: Int) { self.most = most }

    var profiles: [String] { state.withLock { $0.profiles } }
    var calls: Int { state.withLock { $0.calls } }
    var last: TapeEvent.Content? { state.withLock { $0.events.last?.content } }

    /// What clients sent.
    var client: [UInt8] {
        state.withLock { state in
            state.events.flatMap { event -> [UInt8] in
                if case .client(_, let octets, _) = event.content { octets } else { [] }
            }
        }
    }

    func begin(_ connection: ConnectionInfo, profile: String) -> Bool {
        state.withLock { $0.profiles.append(profile) }
        return true
    }

    func record(_ events: [TapeEvent], of session: SessionID) -> Bool {
        state.withLock {
            $0.calls += 1
            $0.events += events
            return $0.calls < most
        }
    }
}
