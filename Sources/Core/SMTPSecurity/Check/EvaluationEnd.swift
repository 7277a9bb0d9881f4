/// How an evaluation that took time ended.
public enum EvaluationEnd: Sendable, Hashable {
    /// The check has answered.
    case answered(Verdict)
    /// The check did not answer within its deadline, or nobody waited for it any longer.
    case deadlinePassed(Duration)
}
