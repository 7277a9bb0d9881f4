import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Mustache
import NIOCore
import SMTPReporting
import SMTPSecurity

/// The page on which an operator sees what a proxy's transaction log has, and the same as JSON.
public struct StatisticsSite: Sendable {
    /// What the site is made of.
    public struct Configuration: Sendable {
        /// The address to listen on.
        public var host: String
        /// The port, 0 for one that is free.
        public var port: Int
        /// The transaction log.
        public var log: String
        /// What a reader has to know; needed where others than this machine can reach the page.
        public var token: String?
        /// Counts for `/metrics`.
        public var metrics: @Sendable () -> String = { "" }
        /// The time.
        public var now: @Sendable () -> Timestamp = {
            Timestamp(nanoseconds: Int64(Date().timeIntervalSince1970 * 1e9))
        }

        /// A site for a log.
        public init(host: String, port: Int, log: String) {
            self.host = host
            self.port = port
            self.log = log
        }

        /// Whether nobody but this machine can reach the page.
        public var isLocal: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
    }

    private let configuration: Configuration
    private let reader: TransactionLogReader

    /// A site.
    ///
    /// - Throws: what is wrong with the log.
    public init(_ configuration: Configuration) throws(ReportingError) {
        self.configuration = configuration
        reader = try TransactionLogReader(path: configuration.log)
    }

    /// The server.
    ///
    /// - Parameter onListening: called with the port once it listens.
    public func application(
        logger: Logger, onListening: @escaping @Sendable (Int) -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(), configuration: .init(address: .hostname(configuration.host, port: configuration.port)),
            onServerRunning: { channel in onListening(channel.localAddress?.port ?? 0) }, logger: logger)
    }

    func router() -> Router<BasicRequestContext> {
        let router = Router()
        router.add(middleware: PageHeaders())
        router.add(middleware: Guardian(token: configuration.token, isLocal: configuration.isLocal))
        router.get("/style.css") { _, _ in Self.asset(StyleSheet.text, "text/css; charset=utf-8") }
        router.get("/live.js") { _, _ in Self.asset(LiveScript.text, "text/javascript; charset=utf-8") }
        router.get("/metrics") { _, _ in Self.asset(configuration.metrics(), PrometheusText.mediaType) }
        router.get("/") { request, _ in try await page(request) { try await overview($0) } }
        router.get("/violations") { request, _ in try await page(request) { try await list($0) } }
        router.get("/violations/:id") { request, context in
            let id = context.parameters.get("id") ?? ""
            return try await page(request) { _ in try await detail(id) }
        }
        router.get("/search") { request, _ in
            let id = request.parameter("id") ?? ""
            let text = id.filter { !$0.isWhitespace }
            if SupportID(text) != nil { return Response.redirect(to: "/violations/\(text)", type: .normal) }
            return try await page(request) { _ in
                Self.problem(
                    .badRequest, "No Support ID", "\(Evidence(id)) is not one: those have 19 digits.", search: id)
            }
        }
        addAPI(to: router)
        return router
    }

    // MARK: JSON

    private func addAPI(to router: Router<BasicRequestContext>) {
        router.get("/api/summary") { request, _ in
            try await json(request) { query in
                Summary(
                    from: query.from, until: query.until,
                    traffic: try await reader.traffic(from: query.from, until: query.until).mapValues(
                        ProfileTraffic.init),
                    violations: try await reader.counts(from: query.from, until: query.until, profile: query.profile),
                    dropped: try await reader.dropped(from: query.from, until: query.until))
            }
        }
        router.get("/api/timeline") { request, _ in
            try await json(request) { query in
                try await reader.timeline(
                    from: query.from, until: query.until, bucket: query.range.bucket, profile: query.profile)
            }
        }
        router.get("/api/violations") { request, _ in
            try await json(request) { query in try await reader.entries(query.violations) }
        }
        router.get("/api/violations/:id") { request, context in
            let id = SupportID(context.parameters.get("id") ?? "")
            return try await json(request) { _ in
                guard let id, let entry = try await reader.entry(id) else { throw HTTPError(.notFound) }
                return entry
            }
        }
    }

    private func json(
        _ request: Request, _ value: (PageQuery) async throws -> some Encodable
    ) async throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            let query = try PageQuery(request, at: configuration.now())
            return Self.response(.ok, try encoder.encode(try await value(query)), "application/json")
        } catch let error as PageQuery.Invalid {
            return Self.response(.badRequest, try encoder.encode(["error": error.reason]), "application/json")
        } catch let error as ReportingError {
            return Self.response(.serviceUnavailable, try encoder.encode(["error": "\(error)"]), "application/json")
        } catch let error as HTTPError where error.status == .notFound {
            return Self.response(
                .notFound, try encoder.encode(["error": "there is no such violation"]), "application/json")
        }
    }

    // MARK: Pages

    private func page(_ request: Request, _ body: (PageQuery) async throws -> Response) async throws -> Response {
        do {
            return try await body(try PageQuery(request, at: configuration.now()))
        } catch let error as PageQuery.Invalid {
            return Self.problem(.badRequest, "This cannot be shown", error.reason)
        } catch let error as ReportingError {
            return Self.problem(.serviceUnavailable, "The log cannot be read", "\(error)")
        }
    }

    private func overview(_ query: PageQuery) async throws -> Response {
        let counts = try await reader.counts(from: query.from, until: query.until, profile: query.profile)
        let traffic = try await reader.traffic(from: query.from, until: query.until)
        let points = try await reader.timeline(
            from: query.from, until: query.until, bucket: query.range.bucket, profile: query.profile)
        let dropped = try await reader.dropped(from: query.from, until: query.until).reduce(0) { $0 + $1.entries }
        return Self.render("overview", OverviewModel(query, counts, traffic, points, dropped).values)
    }

    private func list(_ query: PageQuery) async throws -> Response {
        let entries = try await reader.entries(query.violations)
        return Self.render("list", ListModel(query, entries).values)
    }

    private func detail(_ id: String) async throws -> Response {
        guard let number = SupportID(id), let entry = try await reader.entry(number) else {
            return Self.problem(
                .notFound, "Not found",
                "There is no violation \(Evidence(id)) in the log. It may have been too old, or too much.",
                search: id)
        }
        return Self.render("detail", DetailModel(entry).values)
    }

    private static func problem(
        _ status: HTTPResponse.Status, _ heading: String, _ reason: String, search: String = ""
    ) -> Response {
        render("problem", ["title": heading, "heading": heading, "reason": reason, "search": search], status)
    }

    static func render(_ template: String, _ values: [String: Any], _ status: HTTPResponse.Status = .ok) -> Response {
        let text = Templates.library.render(values, withTemplate: template) ?? ""
        return response(status, Data(text.utf8), "text/html; charset=utf-8")
    }

    private static func asset(_ text: String, _ type: String) -> Response { response(.ok, Data(text.utf8), type) }

    private static func response(_ status: HTTPResponse.Status, _ data: Data, _ type: String) -> Response {
        Response(status: status, headers: [.contentType: type], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }
}
