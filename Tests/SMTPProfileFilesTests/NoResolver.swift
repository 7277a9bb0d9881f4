import SMTPDNS

/// Stands where a type needs one.
struct NoResolver: DNSResolver {
    func answer(_ question: DNSQuestion) async throws(DNSFailure) -> DNSAnswer { throw .timeout }
}
