import ArgumentParser
import Logging
import SMTPSecurity
import SMTPSecurityNIO

/// The names of the checks.
enum CheckName: String, ExpressibleByArgument, CaseIterable {
    case compliance
    case methods
    case validation
    case content
    case recipients
    case antivirus
    case rateLimit = "rate-limit"
    case spf
    case directoryHarvest = "directory-harvest"
    case greylist
}

/// What violations do.
enum Enforce: String, ExpressibleByArgument, CaseIterable {
    case alarm
    case block
}

/// What one violation does.
struct ViolationAction: ExpressibleByArgument, Sendable {
    let violation: String
    let enforcement: Enforcement

    init?(argument: String) {
        guard let sign = argument.lastIndex(of: "=") else { return nil }
        violation = String(argument[..<sign])
        switch argument[argument.index(after: sign)...] {
        case "ignore": enforcement = .ignore
        case "alarm": enforcement = .alarmOnly
        case "block": enforcement = .alarmAndBlock
        default: return nil
        }
    }
}

/// How to log.
enum LogFormat: String, ExpressibleByArgument, CaseIterable {
    case text
    case json

    func handler(level: Logger.Level) -> @Sendable (String) -> any LogHandler {
        switch self {
        case .text:
            { label in
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            }
        case .json:
            { label in JSONLogHandler(label: label, logLevel: level) }
        }
    }
}

/// Where the checks keep what they have to remember.
enum StateLocation: ExpressibleByArgument, CustomStringConvertible, Sendable {
    case memory
    case sqlite(String)
    case redis(String)

    init?(argument: String) {
        if argument == "memory" {
            self = .memory
        } else if let file = argument.strippingPrefix("sqlite:"), !file.isEmpty {
            self = .sqlite(file)
        } else if argument.hasPrefix("redis://") || argument.hasPrefix("rediss://") || argument.hasPrefix("unix://") {
            self = .redis(argument)
        } else if let url = argument.strippingPrefix("redis:"), !url.isEmpty {
            self = .redis(url)
        } else {
            return nil
        }
    }

    /// Without the password that a URL may contain.
    var description: String {
        switch self {
        case .memory: "memory"
        case .sqlite(let file): "sqlite at \(file)"
        case .redis(let url): "redis at \(url.split(separator: "@").last ?? "")"
        }
    }
}

extension String {
    fileprivate func strippingPrefix(_ prefix: String) -> String? {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : nil
    }
}

extension IPNetwork: @retroactive ExpressibleByArgument {
    /// Reads `address/prefix`, or an address alone.
    public init?(argument: String) {
        guard let network = try? IPNetwork(argument) else { return nil }
        self = network
    }
}

extension UpstreamConnectionTime: @retroactive ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
