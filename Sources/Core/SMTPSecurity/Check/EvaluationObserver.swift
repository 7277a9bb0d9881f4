/// Is there when checks that take time begin and end: to time them, to trace them.
///
/// An adapter passes one to ``PendingEvaluation/run(clock:observer:)``. Checks that decide at once are not observed.
public protocol EvaluationObserver: Sendable {
    /// Runs one evaluation. What it gives can only come from `evaluation`, so it cannot be left out.
    ///
    /// The check runs in a task that is made inside `evaluation`, so it sees the task-local values that are set around it.
    ///
    /// - Parameters:
    ///   - check: the check's static name.
    ///   - evaluation: asks the check, and says how that ended. Call it once. It returns by the check's deadline.
    /// - Returns: the first part of what `evaluation` gave.
    func observe<Answer: Sendable>(
        check: String, evaluation: () async -> (answer: Answer, end: EvaluationEnd)
    ) async -> Answer
}
