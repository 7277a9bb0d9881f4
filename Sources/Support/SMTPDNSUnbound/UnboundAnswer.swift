#if Unbound
import CLibUnbound
import SMTPDNS
import SMTPSecurity

/// Reads what libunbound answers. Its data are a stranger's: nothing is believed before it was looked at.
enum UnboundAnswer {
    static func read(
        _ code: Int32, _ result: UnsafeMutablePointer<ub_result>?, _ question: DNSQuestion
    ) -> Result<DNSAnswer, DNSFailure> {
        guard code == 0, let result = result?.pointee else { return .failure(.serverFailure) }
        guard result.bogus == 0 else { return .failure(.bogus) }
        let security: DNSAnswer.Security = result.secure != 0 ? .secure : .insecure
        // Octets that are not usual in names come as question marks: such a name is not known.
        let alias = result.canonname.map { String(cString: $0) }
            .flatMap { $0.contains("?") ? nil : try? DNSName($0) }
        func answer(_ outcome: DNSAnswer.Outcome) -> Result<DNSAnswer, DNSFailure> {
            .success(DNSAnswer(outcome, canonicalName: alias ?? question.name, security: security))
        }
        if result.nxdomain != 0 { return answer(.nonexistent) }
        guard result.rcode == 0 else { return .failure(.serverFailure) }
        var records: [DNSRecord] = []
        if let data = result.data, let lengths = result.len {
            var index = 0
            while let octets = data[index] {
                let length = Int(lengths[index])
                let bytes = octets.withMemoryRebound(to: UInt8.self, capacity: length) {
                    Array(UnsafeBufferPointer(start: $0, count: length))
                }
                guard let record = record(question.type, bytes[...]) else { return .failure(.malformed) }
                records.append(record)
                index += 1
            }
        }
        return answer(records.isEmpty ? .noData : .records(records))
    }

    static func record(_ type: DNSRecordType, _ data: ArraySlice<UInt8>) -> DNSRecord? {
        func number(_ octets: ArraySlice<UInt8>) -> UInt64 { octets.reduce(0) { $0 << 8 | UInt64($1) } }
        switch type {
        case .a: return data.count == 4 ? .address(.v4(UInt32(number(data)))) : nil
        case .aaaa: return data.count == 16 ? .address(.v6(number(data.prefix(8)), number(data.dropFirst(8)))) : nil
        case .cname: return name(data).map { .cname($0) }
        case .ptr: return name(data).map { .ptr($0) }
        case .mx:
            guard data.count > 2, let exchange = name(data.dropFirst(2)) else { return nil }
            return .mx(preference: UInt16(number(data.prefix(2))), exchange: exchange)
        case .txt:
            var rest = data
            var strings: [[UInt8]] = []
            while let length = rest.popFirst() {
                guard rest.count >= Int(length) else { return nil }
                strings.append(Array(rest.prefix(Int(length))))
                rest = rest.dropFirst(Int(length))
            }
            return strings.isEmpty ? nil : .txt(strings)
        }
    }

    /// A name that fills its data: labels, and the root's.
    private static func name(_ data: ArraySlice<UInt8>) -> DNSName? {
        var rest = data
        var labels: [[UInt8]] = []
        while let length = rest.popFirst() {
            if length == 0 { return rest.isEmpty ? try? DNSName(labels: labels) : nil }
            guard length < 64, rest.count >= Int(length) else { return nil }
            labels.append(Array(rest.prefix(Int(length))))
            rest = rest.dropFirst(Int(length))
        }
        return nil
    }
}
#endif
