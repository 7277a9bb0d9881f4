import SMTPSecurity
import Tracing

// Names of attributes never change. Where OpenTelemetry has a name it is used.
extension SpanAttributes {
    /// Says whose session it is.
    mutating func describe(_ info: ConnectionInfo, profile: String) {
        self["smtp.session"] = info.session.description
        self["smtp.profile"] = profile
        self["client.address"] = info.client.address.description
        self["client.port"] = Int64(info.client.port)
        self["server.address"] = info.local.address.description
        self["server.port"] = Int64(info.local.port)
        self["network.protocol.name"] = "smtp"
        self["network.transport"] = "tcp"
        self["network.type"] = if case .v4 = info.client.address { "ipv4" } else { "ipv6" }
    }

    /// Says what a session has counted.
    mutating func count(_ statistics: ProfileStatistics) {
        self["smtp.transactions"] = statistics.transactions
        self["smtp.messages"] = statistics.messages
        self["smtp.recipients"] = statistics.recipients
        self["smtp.refused"] = statistics.refused
        self["smtp.deferred"] = statistics.deferred
        self["smtp.unavailable"] = statistics.unavailable
        self["smtp.octets"] = Int64(clamping: statistics.octets)
    }

    /// Of a violation. What came from the client is escaped in it.
    init(_ record: ViolationRecord) {
        self = [
            "smtp.violation.id": .string(record.definition.identifier),
            "smtp.violation.support_id": .string(record.supportID.description),
            "smtp.violation.alarm": .bool(record.enforcement.alarm),
            "smtp.violation.block": .bool(record.enforcement.block),
            "smtp.violation.action": .string(record.action.rawValue),
            "smtp.violation.evidence": .string(record.evidence.description),
        ]
    }
}
