import SMTPReplay
import ServiceLifecycle

/// Writes what is left of recordings when the process stops.
struct RecordingService: Service {
    let recorder: Recorder

    func run() async throws {
        // Sessions end before services do, so nothing comes after the last write.
        try? await gracefulShutdown()
        await recorder.close()
    }
}
