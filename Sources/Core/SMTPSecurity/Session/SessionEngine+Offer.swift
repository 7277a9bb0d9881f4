extension SessionEngine {
    /// The checks have said what they withdraw: the client gets the EHLO reply.
    @usableFromInline
    mutating func completeOffer(_ inquiry: Inquiry, withdrawing withdrawn: SMTPExtensions) {
        guard case .offer(let reply, let decision) = inquiry.subject else { return }
        let shown = offer(reply, withdrawing: withdrawn)
        adjustScannerLimit()
        phase = .ready
        send(shown, closes: decision.closes || reply.code == 421, after: decision.delay)
    }

    /// The EHLO reply for the client: what the application offers, this side understands, the profile allows and no check
    /// withdraws; then what this side offers itself.
    private mutating func offer(_ reply: Reply, withdrawing withdrawn: SMTPExtensions) -> Reply {
        var allowed = settings.extensions
        allowed.subtract(withdrawn)
        var offered = SMTPExtensions()
        var lines = [settings.hostname]
        for line in reply.lines.dropFirst() {
            let words = line.split(separator: " ")
            guard let keyword = words.first, let known = SMTPExtension(keyword: keyword), allowed.contains(known),
                !offered.contains(known)
            else { continue }
            switch known {
            case .pipelining, .chunking, .limits, .startTLS, .requireTLS:
                continue
            case .size:
                let theirs = words.dropFirst().first.flatMap { UInt64($0) } ?? 0
                // 0 means that there is no fixed limit (RFC 1870 §4).
                lines.append("SIZE \(theirs == 0 ? settings.limits.message : min(theirs, settings.limits.message))")
            case .auth:
                let mechanisms = words.dropFirst().filter {
                    settings.authenticationMechanisms.contains($0.uppercased())
                }
                guard !mechanisms.isEmpty else { continue }
                lines.append("AUTH \(mechanisms.joined(separator: " "))")
            default:
                lines.append(words.joined(separator: " "))
            }
            offered.insert(known)
        }
        // Ours: commands wait their turn here, and chunks are put together here, whatever the application can do.
        for own in [SMTPExtension.pipelining, .chunking] where allowed.contains(own) {
            offered.insert(own)
            lines.append(own.keyword)
        }
        if allowed.contains(.limits) {
            offered.insert(.limits)
            lines.append("LIMITS RCPTMAX=\(settings.limits.recipients)")
        }
        if settings.tls != .unavailable, !context.isEncrypted, !context.isAuthenticated {
            offered.insert(.startTLS)
            lines.append("STARTTLS")
        }
        context.offeredExtensions = offered
        return Reply(250, lines: lines)
    }
}
