import SMTPSecurity

/// What a frame is.
enum FrameKind: UInt8, CaseIterable {
    case begin = 1
    case line = 2
    case response = 3
    case message = 4
    case reply = 5
    case upstreamConnected = 6
    case upstreamReply = 7
    case upstreamFailure = 8
    case tlsEstablished = 9
    case disconnected = 10
    case closed = 11
    case cut = 12
    case unread = 13

    /// The kind of octets of a client.
    init(_ part: TapeEvent.Part) {
        switch part {
        case .line: self = .line
        case .response: self = .response
        case .message: self = .message
        }
    }
}
