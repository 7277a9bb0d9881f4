public import SMTPSecurity

/// Which pipeline a session runs through.
///
/// ```swift
/// proxy.replacePipelines(PipelineSelection(["inbound": inbound, "submission": submission], usual: "inbound") { connection in
///     connection.local.port == 587 ? "submission" : "inbound"
/// })
/// ```
public struct PipelineSelection<Checks: CheckSequence>: Sendable {
    /// A pipeline, and the same for sessions under stress.
    private struct Pair: Sendable {
        let normal: CheckPipeline<Checks>
        let stressed: CheckPipeline<Checks>

        init(_ pipeline: CheckPipeline<Checks>) {
            normal = pipeline
            stressed = pipeline.underStress()
        }
    }

    private let usual: Pair
    private let pairs: [String: Pair]
    private let select: @Sendable (ConnectionInfo) -> String

    /// One pipeline for everybody.
    public init(_ pipeline: CheckPipeline<Checks>) {
        usual = Pair(pipeline)
        pairs = [:]
        select = { _ in "" }
    }

    /// One of several pipelines, by name.
    ///
    /// - Parameters:
    ///   - pipelines: the pipelines. They should share one generator of Support IDs.
    ///   - usual: the name of the one for connections for which `select` says nothing that is among them.
    ///   - select: the name for a connection. Called on the connection's event loop, so it should not take long.
    /// - Precondition: there is a pipeline called `usual`.
    public init(
        _ pipelines: [String: CheckPipeline<Checks>], usual: String,
        select: @escaping @Sendable (ConnectionInfo) -> String
    ) {
        let pairs = pipelines.mapValues { Pair($0) }
        guard let pair = pairs[usual] else { preconditionFailure("there is no pipeline called \(usual)") }
        self.usual = pair
        self.pairs = pairs
        self.select = select
    }

    /// The pipeline for a connection.
    func pipeline(for connection: ConnectionInfo, isUnderStress: Bool) -> CheckPipeline<Checks> {
        let pair = pairs.isEmpty ? usual : pairs[select(connection)] ?? usual
        return isUnderStress ? pair.stressed : pair.normal
    }

    /// The name that refusals have before a session begins.
    var hostname: String { usual.normal.profile.session.hostname }
}

extension CheckPipeline {
    /// The same checks for sessions under stress.
    fileprivate func underStress() -> CheckPipeline {
        var session = profile.session
        session.isUnderStress = true
        return CheckPipeline(profile: profile.with(session), supportIDs: supportIDs) { checks }
    }
}
