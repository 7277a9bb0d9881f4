#if Redis

import COpenSSL
import SMTPSecurity

/// A TLS client over a connected socket that does not block.
///
/// A class because its identity is the point: it owns what OpenSSL allocated. Not `Sendable`: it belongs to one connection's thread.
final class TLSSession {
    /// What an operation came to.
    enum Outcome {
        /// So many octets, or done.
        case done(Int)
        /// It has to be repeated once the socket is readable.
        case wantsToRead
        /// It has to be repeated once the socket is writable.
        case wantsToWrite
        /// The peer has said goodbye, or hung up.
        case ended
        /// It failed, for this reason.
        case failed(String)
    }

    private let session: OpaquePointer

    /// - Throws: if a file cannot be read or is not what it should be.
    init(_ settings: RedisTLS, host: String?, descriptor: CInt) throws(CheckFailure) {
        ERR_clear_error()
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw Self.failure("no TLS context") }
        // A session holds on to its context.
        defer { SSL_CTX_free(context) }
        guard copenssl_set_minimum_tls12(context) == 1 else { throw Self.failure("no TLS 1.2") }
        copenssl_set_nonblocking_modes(context)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        if let file = settings.authorityFile {
            guard SSL_CTX_load_verify_locations(context, file, nil) == 1 else {
                throw Self.failure("the file of authorities cannot be used")
            }
        } else if SSL_CTX_set_default_verify_paths(context) != 1 {
            throw Self.failure("the system's authorities cannot be used")
        }
        if let file = settings.certificateFile {
            guard SSL_CTX_use_certificate_chain_file(context, file) == 1 else {
                throw Self.failure("the file of the client's certificate cannot be used")
            }
            guard SSL_CTX_use_PrivateKey_file(context, settings.keyFile ?? file, SSL_FILETYPE_PEM) == 1 else {
                throw Self.failure("the file of the client's key cannot be used")
            }
        }
        guard let name = settings.serverName ?? host, !name.isEmpty else {
            throw CheckFailure("TLS over a UNIX domain socket needs a server name")
        }
        guard let session = SSL_new(context) else { throw Self.failure("no TLS session") }
        self.session = session
        // An address is compared with the addresses of a certificate, and is no server name indication (RFC 6066 §3).
        let isAddress = (try? IPAddress(name)) != nil
        guard
            isAddress
                ? X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), name) == 1
                : SSL_set1_host(session, name) == 1 && copenssl_set_server_name(session, name) == 1
        else { throw Self.failure("the server name cannot be used") }
        guard SSL_set_fd(session, descriptor) == 1 else { throw Self.failure("no TLS over this socket") }
        SSL_set_connect_state(session)
    }

    deinit {
        SSL_free(session)
    }

    /// Goes on with the handshake.
    func shakeHands() -> Outcome {
        ERR_clear_error()
        let result = SSL_do_handshake(session)
        if result == 1 { return .done(0) }
        let outcome = outcome(result)
        let verified = SSL_get_verify_result(session)
        if case .failed = outcome, verified != Int(X509_V_OK) {
            let reason = X509_verify_cert_error_string(verified).map { String(cString: $0) } ?? "error \(verified)"
            return .failed("the server's certificate was refused: \(reason)")
        }
        return outcome
    }

    /// Reads what is there.
    func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, CInt(clamping: buffer.count))
        return count > 0 ? .done(Int(count)) : outcome(count)
    }

    /// Writes some of it, or all.
    func write(_ octets: UnsafeRawBufferPointer) -> Outcome {
        ERR_clear_error()
        let count = SSL_write(session, octets.baseAddress, CInt(clamping: octets.count))
        return count > 0 ? .done(Int(count)) : outcome(count)
    }

    private func outcome(_ result: CInt) -> Outcome {
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: .wantsToRead
        case SSL_ERROR_WANT_WRITE: .wantsToWrite
        case SSL_ERROR_ZERO_RETURN, SSL_ERROR_SYSCALL: .ended
        default: .failed(Self.failure("TLS failed").description)
        }
    }

    /// A failure with OpenSSL's reason.
    private static func failure(_ text: String) -> CheckFailure {
        let code = ERR_get_error()
        guard code != 0, let reason = ERR_reason_error_string(code) else { return CheckFailure(text) }
        return CheckFailure("\(text): \(Evidence(String(cString: reason)))")
    }
}

#endif
