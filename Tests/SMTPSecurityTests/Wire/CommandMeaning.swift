import SMTPSecurity

/// What a command means, wherever its parts stand in a line: two lines of the same meaning are the same command.
struct CommandMeaning: Equatable {
    var verb: Verb
    var unknownVerb: [UInt8]
    var isLastChunk: Bool
    var argument: [UInt8]
    var initialResponse: [UInt8]
    var kind: ParsedPath.Kind
    var domainKind: ParsedPath.DomainKind
    var isQuoted: Bool
    var isInternationalized: Bool
    var localPart: [UInt8]
    var domain: [UInt8]
    var size: UInt64
    var values: ParameterValues
    var parameters: [[UInt8]]

    init(_ view: CommandView) {
        verb = view.verb
        unknownVerb = view.verb == .unknown ? Self.copy(view.verbText) : []
        isLastChunk = view.isLastChunk
        argument = Self.copy(view.argument)
        initialResponse = Self.copy(view.initialResponse)
        kind = view.path.kind
        domainKind = view.path.parsed.domainKind
        isQuoted = view.path.parsed.isQuoted
        isInternationalized = view.path.parsed.isInternationalized
        localPart = Self.copy(view.path.localPart)
        domain = Self.copy(view.path.domain)
        size = view.size
        values = view.values
        parameters = []
        for position in 0..<view.parameterCount {
            let keyword = view.parameterKeyword(at: position)
            parameters.append(
                keyword == .unknown ? Self.copy(view.parameterName(at: position)) : Array("\(keyword)".utf8))
            parameters.append(Self.copy(view.parameterValue(at: position)))
        }
    }

    private static func copy(_ span: Span<UInt8>) -> [UInt8] { span.indices.map { span[$0] } }
}
