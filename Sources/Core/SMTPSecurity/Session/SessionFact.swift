/// A kind of fact that one check finds out and others use, for example the result of an SPF evaluation.
public protocol SessionFact {
    /// The value.
    associatedtype Value: Sendable
}
