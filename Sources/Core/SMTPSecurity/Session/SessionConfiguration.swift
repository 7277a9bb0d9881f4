/// What all sessions of a pipeline share and none of them changes.
///
/// A class because its identity is the point: a session holds one reference instead of a copy of every setting.
@usableFromInline
final class SessionConfiguration: Sendable {
    let profile: SecurityProfile
    let supportIDs: SupportIDGenerator
    let settings: SessionSettings
    /// The stages that any of the checks wants.
    let stages: StageSet
    /// The budgets in force.
    let budgets: SessionSettings.Budgets
    /// The times in force.
    let timeouts: SessionSettings.Timeouts

    init(profile: SecurityProfile, supportIDs: SupportIDGenerator, stages: StageSet) {
        self.profile = profile
        self.supportIDs = supportIDs
        self.settings = profile.session
        self.stages = stages
        self.budgets = profile.session.effectiveBudgets
        self.timeouts = profile.session.effectiveTimeouts
    }
}
