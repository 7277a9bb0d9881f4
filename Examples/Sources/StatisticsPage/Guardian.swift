import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// What every answer says to browsers: nothing from elsewhere, nothing that is not ours, kept by nobody.
struct PageHeaders: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as HTTPError {
            response = StatisticsSite.render(
                "problem",
                [
                    "title": "\(error.status.code)", "heading": error.status.reasonPhrase,
                    "reason": "\(error.status.code)", "search": "",
                ],
                error.status)
        }
        response.headers[.contentSecurityPolicy] =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
            + "frame-ancestors 'none'"
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.cacheControl] = "no-store"
        for (name, value) in [("Referrer-Policy", "no-referrer"), ("Cross-Origin-Resource-Policy", "same-origin")] {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }
}

/// Lets in who knows the token. Without one, on this machine alone, it sees to it that a page from elsewhere cannot ask under a name of its own
/// that leads here (DNS rebinding).
struct Guardian: RouterMiddleware {
    typealias Context = BasicRequestContext

    private static let cookie = "smtp_security_token"
    let token: String?
    let isLocal: Bool

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard request.method == .get || request.method == .head || request.uri.path == "/login" else {
            return Response(status: .methodNotAllowed)
        }
        if isLocal, !Self.isThisMachine(request.head.authority ?? "") { return Response(status: .misdirectedRequest) }
        guard let token else { return try await next(request, context) }
        if request.uri.path == "/login", request.method == .post { return try await logIn(request, token) }
        if request.uri.path == "/style.css" || isKnown(request, token) { return try await next(request, context) }
        if request.uri.path.hasPrefix("/api/") || request.uri.path == "/metrics" {
            return Response(status: .unauthorized, headers: [.wwwAuthenticate: "Bearer"])
        }
        return StatisticsSite.render("login", ["title": "Token", "search": ""], .unauthorized)
    }

    private func logIn(_ request: Request, _ token: String) async throws -> Response {
        var request = request
        let body = try await request.collectBody(upTo: 4_096)
        let form = String(buffer: body)
        let value = form.hasPrefix("token=") ? Self.decoded(form.dropFirst(6)) : ""
        guard Self.isSame(value, token) else {
            return StatisticsSite.render(
                "login", ["title": "Token", "search": "", "wrong": ["on": true]], .unauthorized)
        }
        var response = Response.redirect(to: "/", type: .found)
        response.headers[.setCookie] = "\(Self.cookie)=\(Self.encoded(token)); Path=/; HttpOnly; SameSite=Strict"
        return response
    }

    private func isKnown(_ request: Request, _ token: String) -> Bool {
        if let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer "),
            Self.isSame(String(header.dropFirst(7)), token)
        {
            return true
        }
        let cookies = (request.headers[.cookie] ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
        return cookies.contains { cookie in
            cookie.hasPrefix("\(Self.cookie)=")
                && Self.isSame(Self.decoded(cookie.dropFirst(Self.cookie.count + 1)), token)
        }
    }

    /// Takes as long however much of it is right.
    private static func isSame(_ value: String, _ token: String) -> Bool {
        let (first, second) = (Array(value.utf8), Array(token.utf8))
        var difference = first.count ^ second.count
        for index in second.indices { difference |= Int(second[index] ^ (index < first.count ? first[index] : 0)) }
        return difference == 0
    }

    private static func isThisMachine(_ authority: String) -> Bool {
        var host = authority[...]
        if let colon = host.lastIndex(of: ":"), !host.hasSuffix("]") { host = host[..<colon] }
        return host == "localhost" || host == "[::1]"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }

    private static func encoded(_ text: String) -> String {
        text.utf8.map { octet in
            let digits = String(octet, radix: 16)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        String(text.map { $0 == "+" ? " " : $0 }).removingPercentEncoding ?? ""
    }
}
