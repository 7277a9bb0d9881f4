/// Checks with a profile: what is looked for, and what is done about it.
///
/// ```swift
/// let pipeline = CheckPipeline(profile: profile) {
///     ProtocolCompliance()
///     MethodFilter()
///     NoFreeMail()
/// }
/// ```
///
/// A pipeline is a value without session state; one serves every session of a server.
public struct CheckPipeline<Checks: CheckSequence>: Sendable {
    /// The checks.
    public let checks: Checks
    /// The profile in force.
    public let profile: SecurityProfile
    /// Numbers the violations. All pipelines of a process should share one generator.
    public let supportIDs: SupportIDGenerator

    /// A pipeline of the checks that the builder lists.
    public init(
        profile: SecurityProfile = .default, supportIDs: SupportIDGenerator = SupportIDGenerator(),
        @CheckBuilder _ checks: () -> Checks
    ) {
        self.checks = checks()
        self.profile = profile
        self.supportIDs = supportIDs
    }
}

/// A pipeline whose checks are chosen at run time.
public typealias AnyCheckPipeline = CheckPipeline<AnyCheckSequence>

extension CheckPipeline where Checks == AnyCheckSequence {
    /// A pipeline of the checks that the profile names.
    public init(profile: SecurityProfile, supportIDs: SupportIDGenerator = SupportIDGenerator()) {
        self.init(profile: profile, supportIDs: supportIDs) { AnyCheckSequence(profile.checks) }
    }
}
