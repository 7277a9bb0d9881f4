/// Composes checks into one ``CheckSequence``.
@resultBuilder
public enum CheckBuilder {
    /// A check.
    public static func buildExpression<Check: SecurityCheck>(_ check: Check) -> SingleCheck<Check> {
        SingleCheck(check)
    }

    /// A sequence of checks.
    public static func buildExpression<Checks: CheckSequence>(_ checks: Checks) -> Checks { checks }

    /// No checks.
    public static func buildBlock() -> EmptyCheckSequence { EmptyCheckSequence() }

    /// The first check.
    public static func buildPartialBlock<First: CheckSequence>(first: First) -> First { first }

    /// One more check.
    public static func buildPartialBlock<First: CheckSequence, Next: CheckSequence>(
        accumulated: First, next: Next
    ) -> CheckPair<First, Next> {
        CheckPair(accumulated, next)
    }

    /// A check that may be left out.
    public static func buildOptional<Checks: CheckSequence>(_ checks: Checks?) -> OptionalCheck<Checks> {
        OptionalCheck(checks)
    }
}
