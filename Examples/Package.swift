// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

func library(_ name: String) -> Target.Dependency { .product(name: name, package: "swift-smtp-security") }

let package = Package(
    name: "swift-smtp-security-examples",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "smtp-proxy", targets: ["SMTPProxy"]),
        .executable(name: "smtp-report", targets: ["SMTPReport"]),
        .executable(name: "smtp-replay", targets: ["SessionReplay"]),
        .executable(name: "mail-sink", targets: ["MailSink"]),
        .executable(name: "custom-pipeline", targets: ["CustomPipeline"]),
        .executable(name: "spf-conformance", targets: ["SPFConformance"]),
        .executable(name: "spf-differential", targets: ["SPFDifferential"]),
        .executable(name: "spf-check", targets: ["SPFQuery"]),
        .executable(name: "message-inspect", targets: ["MessageInspect"]),
        .executable(name: "message-scan", targets: ["MessageScan"]),
    ],
    dependencies: [
        .package(name: "swift-smtp-security", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        .target(
            name: "StatisticsPage",
            dependencies: [
                library("SMTPSecurity"), library("SMTPReporting"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Mustache", package: "swift-mustache"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ], swiftSettings: settings),
        // Who answers the checks' questions about names, for several programs.
        .target(
            name: "NameResolution",
            dependencies: [
                library("SMTPSecurity"), library("SMTPDNS"), library("SMTPDNSUnbound"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: settings),
        .target(name: "TextTable", swiftSettings: settings),
        .executableTarget(
            name: "SessionReplay",
            dependencies: [
                "NameResolution", "TextTable",
                library("SMTPSecurity"), library("SMTPReplay"), library("SMTPProfileFiles"), library("SMTPStores"),
                library("SMTPDNS"), library("SMTPFileInspection"), library("SMTPFileInspectionMagic"),
                library("SMTPFileInspectionArchive"), library("SMTPAntivirus"), library("SMTPAntivirusClamAV"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SMTPProxy",
            dependencies: [
                "StatisticsPage", "NameResolution", .product(name: "Hummingbird", package: "hummingbird"),
                library("SMTPSecurity"), library("SMTPProtocolCompliance"), library("SMTPMethodFilter"),
                library("SMTPRateLimit"), library("SMTPDirectoryHarvest"), library("SMTPGreylist"),
                library("SMTPSenderPolicy"), library("SMTPMailValidation"), library("SMTPDNS"),
                library("SMTPDNSUnbound"), library("SMTPFileInspection"), library("SMTPFileInspectionMagic"),
                library("SMTPFileInspectionArchive"), library("SMTPAntivirus"), library("SMTPAntivirusClamAV"),
                library("SMTPAntivirusNIO"),
                library("SMTPStores"), library("SMTPStoresSQLite"), library("SMTPStoresRedis"),
                library("SMTPSecurityNIO"), library("SMTPProfileFiles"),
                library("SMTPReporting"), library("SMTPReplay"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SMTPReport",
            dependencies: [
                "TextTable", library("SMTPSecurity"), library("SMTPReporting"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "MailSink",
            dependencies: [
                library("SMTPSecurity"), library("SMTPProtocolCompliance"), library("SMTPSecurityNIO"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SPFConformance",
            dependencies: [
                library("SMTPSenderPolicy"), library("SMTPSenderPolicySPF2"), library("SPFTestSuite"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SPFDifferential",
            dependencies: [
                library("SMTPSecurity"), library("SMTPDNS"), library("SMTPSenderPolicy"),
                library("SMTPSenderPolicySPF2"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "SPFQuery",
            dependencies: [
                library("SMTPSecurity"), library("SMTPDNS"), library("SMTPDNSUnbound"), library("SMTPSenderPolicy"),
                library("SMTPSenderPolicySPF2"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "MessageInspect",
            dependencies: [
                library("SMTPSecurity"), library("SMTPMessageFormat"), library("SMTPMailValidation"),
                library("SMTPFileInspection"), library("SMTPFileInspectionMagic"),
                library("SMTPFileInspectionArchive"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "MessageScan",
            dependencies: [
                library("SMTPSecurity"), library("SMTPMessageFormat"), library("SMTPAntivirus"),
                library("SMTPAntivirusClamAV"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: settings),
        .executableTarget(
            name: "CustomPipeline",
            dependencies: [
                library("SMTPSecurity"), library("SMTPProtocolCompliance"), library("SMTPMethodFilter"),
            ], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
