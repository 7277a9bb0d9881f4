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
    /// One copy for all sessions.
    @usableFromInline let storage: Storage

    /// A pipeline of the checks that the builder lists.
    public init(
        profile: SecurityProfile = .default, supportIDs: SupportIDGenerator = SupportIDGenerator(),
        @CheckBuilder _ checks: () -> Checks
    ) {
        self.storage = Storage(checks(), profile, supportIDs)
    }

    /// The checks.
    @inlinable
    public var checks: Checks { storage.checks }
    /// The profile in force.
    public var profile: SecurityProfile { storage.configuration.profile }
    /// Numbers the violations. All pipelines of a process should share one generator.
    public var supportIDs: SupportIDGenerator { storage.configuration.supportIDs }

    /// A class because its identity is the point: each session of the pipeline holds a reference instead of a copy.
    @usableFromInline
    final class Storage: Sendable {
        @usableFromInline let checks: Checks
        @usableFromInline let configuration: SessionConfiguration

        init(_ checks: Checks, _ profile: SecurityProfile, _ supportIDs: SupportIDGenerator) {
            self.checks = checks
            self.configuration = SessionConfiguration(
                profile: profile, supportIDs: supportIDs, stages: checks.stages)
        }
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
