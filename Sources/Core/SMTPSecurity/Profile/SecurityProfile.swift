/// A security profile: which checks, with which settings, and what is done about each violation.
///
/// Profiles inherit: a new one starts as a copy of its parent and changes what it wants to change.
///
/// ```swift
/// let strict = SecurityProfile("strict", inheriting: base) {
///     $0.configure(MethodFilter.self) { $0.disallowed.insert(.help) }
///     $0[ProtocolCompliance.lenientSyntax] = .alarmAndBlock
/// }
/// ```
public struct SecurityProfile: Sendable {
    /// Whether violations may refuse anything.
    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// Every violation is reported, none refuses: for trying out a profile on live mail.
        case transparent
        /// The block flags hold.
        case blocking
    }

    /// The name, under which statistics count.
    public let name: String
    /// The name of the profile this one inherits from.
    public let parent: String?
    /// Whether violations may refuse anything.
    public var mode = Mode.blocking
    /// How the engine itself behaves.
    public var session = SessionSettings()
    /// The checks, in the order in which they are asked.
    public private(set) var checks: [any SecurityCheck] = []
    private var flags: [String: Enforcement] = [:]

    /// The profile with every default and, being the core's, no check: checks live in modules of their own.
    public static let `default` = SecurityProfile(rootNamed: "default")

    private init(rootNamed name: String) {
        self.name = name
        self.parent = nil
    }

    /// A profile that inherits everything from `parent` and then changes what `configure` changes.
    public init(
        _ name: String, inheriting parent: SecurityProfile = .default,
        _ configure: (inout SecurityProfile) -> Void = { _ in }
    ) {
        self.name = name
        self.parent = parent.name
        self.mode = parent.mode
        self.session = parent.session
        self.checks = parent.checks
        self.flags = parent.flags
        configure(&self)
    }

    /// A profile with nothing in it but what `configure` puts there.
    ///
    /// - Parameter parent: the name of the profile that it was made from, if there is one.
    package init(_ name: String, parent: String?, _ configure: (inout SecurityProfile) -> Void) {
        self.name = name
        self.parent = parent
        configure(&self)
    }

    /// The same profile, under the same name, with other session settings.
    public func with(_ session: SessionSettings) -> SecurityProfile {
        var copy = self
        copy.session = session
        return copy
    }

    /// The flags of a violation as this profile has them, whatever the mode.
    public subscript(_ definition: ViolationDefinition) -> Enforcement {
        get { flags[definition.identifier] ?? definition.enforcement }
        set { flags[definition.identifier] = newValue }
    }

    /// The flags of a violation as they apply: in transparent mode none blocks.
    public func enforcement(of definition: ViolationDefinition) -> Enforcement {
        var flags = self[definition]
        if mode == .transparent { flags.block = false }
        return flags
    }

    /// Adds a check at the end, or puts it in the place of the one with the same name.
    public mutating func install<Check: SecurityCheck>(_ check: Check) {
        if let index = index(of: Check.name) {
            checks[index] = check
        } else {
            checks.append(check)
        }
    }

    /// Changes the settings of an installed check.
    ///
    /// - Returns: whether such a check is installed.
    @discardableResult
    public mutating func configure<Check: SecurityCheck>(
        _ type: Check.Type = Check.self, _ change: (inout Check) -> Void
    ) -> Bool {
        guard let index = index(of: Check.name), var check = checks[index] as? Check else { return false }
        change(&check)
        checks[index] = check
        return true
    }

    /// Takes out the check with this name.
    ///
    /// - Returns: whether it was installed.
    @discardableResult
    public mutating func remove(check name: String) -> Bool {
        guard let index = index(of: name) else { return false }
        checks.remove(at: index)
        return true
    }

    /// Every violation that the installed checks can raise, with the flags as they apply.
    public var violations: [(definition: ViolationDefinition, enforcement: Enforcement)] {
        checks.flatMap { check in Self.definitions(of: check).map { ($0, enforcement(of: $0)) } }
    }

    private static func definitions(of check: some SecurityCheck) -> [ViolationDefinition] {
        type(of: check).violations
    }

    private func index(of name: String) -> Int? {
        checks.firstIndex { type(of: $0).name == name }
    }
}
