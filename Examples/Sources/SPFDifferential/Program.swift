import ArgumentParser
import Dispatch

/// Runs the commands, and keeps the first thread meanwhile: valgrind cannot bear that it ends, as it does with an asynchronous `main`.
@main
enum Program {
    static func main() {
        let end = DispatchSemaphore(value: 0)
        Task.detached {
            await SPFDifferential.main()
            end.signal()
        }
        end.wait()
    }
}
