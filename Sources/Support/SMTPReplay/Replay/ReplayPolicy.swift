public import SMTPSecurity

/// What sessions are replayed under.
public struct ReplayPolicy: Sendable {
    /// What reports call it.
    public var name: String
    /// The pipeline for a connection. All pipelines should share stores of their own, in memory, that nothing else uses.
    public var pipeline: @Sendable (ConnectionInfo) -> AnyCheckPipeline

    /// A policy.
    public init(name: String, pipeline: @escaping @Sendable (ConnectionInfo) -> AnyCheckPipeline) {
        self.name = name
        self.pipeline = pipeline
    }
}
