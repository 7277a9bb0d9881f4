/// What happens when a violation is raised: two independent flags.
///
/// | alarm | block | effect |
/// | --- | --- | --- |
/// | no | no | the violation is ignored |
/// | yes | no | it is recorded and reported; the command goes on |
/// | no | yes | the command is refused; the record carries no alarm |
/// | yes | yes | both |
@frozen
public struct Enforcement: Sendable, Hashable, BitwiseCopyable {
    /// Report the violation.
    public var alarm: Bool
    /// Refuse what raised it.
    public var block: Bool

    /// The two flags.
    @inlinable
    public init(alarm: Bool, block: Bool) {
        self.alarm = alarm
        self.block = block
    }

    /// Report and refuse.
    public static let alarmAndBlock = Enforcement(alarm: true, block: true)
    /// Report only.
    public static let alarmOnly = Enforcement(alarm: true, block: false)
    /// Refuse without an alarm.
    public static let blockOnly = Enforcement(alarm: false, block: true)
    /// Neither.
    public static let ignore = Enforcement(alarm: false, block: false)
}
