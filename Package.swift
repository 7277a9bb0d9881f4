// swift-tools-version: 6.2
import PackageDescription

/// What every target is built with: warnings that matter are errors in CI, upcoming features are on.
let common: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// The core reads hostile octets: unsafe constructs have to be spelled out, and views borrow instead of copying.
let core: [SwiftSetting] =
    common + [
        .strictMemorySafety(),
        .enableExperimentalFeature("Lifetimes"),
    ]

let package = Package(
    name: "swift-smtp-security",
    platforms: [.macOS(.v26)],
    products: [
        .library(name: "SMTPSecurity", targets: ["SMTPSecurity"]),
        .library(name: "SMTPProtocolCompliance", targets: ["SMTPProtocolCompliance"]),
        .library(name: "SMTPMethodFilter", targets: ["SMTPMethodFilter"]),
        .library(name: "SMTPRateLimit", targets: ["SMTPRateLimit"]),
        .library(name: "SMTPDirectoryHarvest", targets: ["SMTPDirectoryHarvest"]),
        .library(name: "SMTPGreylist", targets: ["SMTPGreylist"]),
        .library(name: "SMTPSenderPolicy", targets: ["SMTPSenderPolicy"]),
        .library(name: "SMTPSenderPolicySPF2", targets: ["SMTPSenderPolicySPF2"]),
        .library(name: "SMTPMailValidation", targets: ["SMTPMailValidation"]),
        .library(name: "SMTPMessageFormat", targets: ["SMTPMessageFormat"]),
        .library(name: "SMTPFileInspection", targets: ["SMTPFileInspection"]),
        .library(name: "SMTPFileInspectionArchive", targets: ["SMTPFileInspectionArchive"]),
        .library(name: "SMTPFileInspectionMagic", targets: ["SMTPFileInspectionMagic"]),
        .library(name: "SMTPAntivirus", targets: ["SMTPAntivirus"]),
        .library(name: "SMTPAntivirusClamAV", targets: ["SMTPAntivirusClamAV"]),
        .library(name: "SMTPAntivirusNIO", targets: ["SMTPAntivirusNIO"]),
        .library(name: "SMTPProfileFiles", targets: ["SMTPProfileFiles"]),
        .library(name: "SPFTestSuite", targets: ["SPFTestSuite"]),
        .library(name: "SMTPDNS", targets: ["SMTPDNS"]),
        .library(name: "SMTPDNSUnbound", targets: ["SMTPDNSUnbound"]),
        .library(name: "SMTPStores", targets: ["SMTPStores"]),
        .library(name: "SMTPStoresSQLite", targets: ["SMTPStoresSQLite"]),
        .library(name: "SMTPStoresRedis", targets: ["SMTPStoresRedis"]),
        .library(name: "SMTPReporting", targets: ["SMTPReporting"]),
        .library(name: "SMTPReplay", targets: ["SMTPReplay"]),
        .library(name: "SMTPSecurityNIO", targets: ["SMTPSecurityNIO"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "Stores in a SQLite file; needs libsqlite3-dev"),
        .trait(name: "Redis", description: "Stores in a Redis server; needs libhiredis-dev and libssl-dev"),
        .trait(name: "Unbound", description: "A resolver on libunbound; needs libunbound-dev"),
        .trait(name: "SPF2", description: "SPF by libspf2 as a second engine; needs libspf2-dev"),
        .trait(name: "Archive", description: "Lists of archives by libarchive; needs libarchive-dev"),
        .trait(name: "Magic", description: "Types of files by libmagic; needs libmagic-dev"),
        .trait(name: "ClamAV", description: "Virus scanning by libclamav in process; needs libclamav-dev"),
        .default(enabledTraits: ["SQLite", "Redis", "Unbound", "SPF2", "Magic", "Archive", "ClamAV"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
    ],
    targets: [
        .target(name: "SMTPSecurity", path: "Sources/Core/SMTPSecurity", swiftSettings: core),
        .target(
            name: "SMTPProtocolCompliance", dependencies: ["SMTPSecurity"],
            path: "Sources/Checks/SMTPProtocolCompliance", swiftSettings: core),
        .target(
            name: "SMTPMethodFilter", dependencies: ["SMTPSecurity"],
            path: "Sources/Checks/SMTPMethodFilter", swiftSettings: core),
        .target(
            name: "SMTPRateLimit", dependencies: ["SMTPSecurity"], path: "Sources/Checks/SMTPRateLimit",
            swiftSettings: core),
        .target(
            name: "SMTPDirectoryHarvest", dependencies: ["SMTPSecurity"], path: "Sources/Checks/SMTPDirectoryHarvest",
            swiftSettings: core),
        .target(
            name: "SMTPGreylist", dependencies: ["SMTPSecurity"], path: "Sources/Checks/SMTPGreylist",
            swiftSettings: core),
        .target(
            name: "SMTPSenderPolicy", dependencies: ["SMTPSecurity", "SMTPDNS"],
            path: "Sources/Checks/SMTPSenderPolicy",
            swiftSettings: core),
        .target(
            name: "SMTPMailValidation",
            dependencies: ["SMTPSecurity", "SMTPDNS", "SMTPMessageFormat", "SMTPFileInspection"],
            path: "Sources/Checks/SMTPMailValidation", swiftSettings: core),
        .target(
            name: "SMTPAntivirus",
            dependencies: ["SMTPSecurity", "SMTPMessageFormat", .product(name: "Crypto", package: "swift-crypto")],
            path: "Sources/Checks/SMTPAntivirus", swiftSettings: core),
        // Without pkgConfig: libclamav's has a flag that SwiftPM warns about.
        .systemLibrary(
            name: "CLibClamAV", path: "Sources/CLibraries/CLibClamAV", providers: [.apt(["libclamav-dev"])]),
        .target(
            name: "SMTPAntivirusClamAV",
            dependencies: [
                "SMTPAntivirus", .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .target(name: "CLibClamAV", condition: .when(traits: ["ClamAV"])),
            ],
            path: "Sources/Support/SMTPAntivirusClamAV", swiftSettings: common),
        .target(name: "SMTPMessageFormat", path: "Sources/Support/SMTPMessageFormat", swiftSettings: core),
        .target(name: "SMTPFileInspection", path: "Sources/Support/SMTPFileInspection", swiftSettings: core),
        .systemLibrary(
            name: "CLibArchive", path: "Sources/CLibraries/CLibArchive", providers: [.apt(["libarchive-dev"])]),
        .target(
            name: "SMTPFileInspectionArchive",
            dependencies: [
                "SMTPFileInspection", .target(name: "CLibArchive", condition: .when(traits: ["Archive"])),
            ],
            path: "Sources/Support/SMTPFileInspectionArchive", swiftSettings: common),
        .systemLibrary(name: "CLibMagic", path: "Sources/CLibraries/CLibMagic", providers: [.apt(["libmagic-dev"])]),
        .target(
            name: "SMTPFileInspectionMagic",
            dependencies: [
                "SMTPFileInspection", .target(name: "CLibMagic", condition: .when(traits: ["Magic"])),
            ],
            path: "Sources/Support/SMTPFileInspectionMagic", swiftSettings: common),
        .target(name: "SMTPDNS", dependencies: ["SMTPSecurity"], path: "Sources/Support/SMTPDNS", swiftSettings: core),
        .systemLibrary(
            name: "CLibUnbound", path: "Sources/CLibraries/CLibUnbound", providers: [.apt(["libunbound-dev"])]),
        .target(
            name: "SMTPDNSUnbound",
            dependencies: [
                "SMTPSecurity", "SMTPDNS", .target(name: "CLibUnbound", condition: .when(traits: ["Unbound"])),
            ],
            path: "Sources/Support/SMTPDNSUnbound", swiftSettings: common),
        .systemLibrary(name: "CLibSPF2", path: "Sources/CLibraries/CLibSPF2", providers: [.apt(["libspf2-dev"])]),
        .target(
            name: "SMTPSenderPolicySPF2",
            dependencies: [
                "SMTPSecurity", "SMTPDNS", "SMTPSenderPolicy",
                .target(name: "CLibSPF2", condition: .when(traits: ["SPF2"])),
            ],
            path: "Sources/Support/SMTPSenderPolicySPF2", swiftSettings: common),
        .target(
            name: "SMTPProfileFiles",
            dependencies: [
                "SMTPSecurity", "SMTPProtocolCompliance", "SMTPMethodFilter", "SMTPRateLimit", "SMTPDirectoryHarvest",
                "SMTPGreylist", "SMTPSenderPolicy", "SMTPMailValidation", "SMTPAntivirus", "SMTPDNS",
                "SMTPFileInspection", .product(name: "Yams", package: "Yams"),
            ],
            path: "Sources/Support/SMTPProfileFiles", swiftSettings: common),
        .target(
            name: "SPFTestSuite",
            dependencies: ["SMTPSecurity", "SMTPDNS", "SMTPSenderPolicy", .product(name: "Yams", package: "Yams")],
            path: "Sources/Support/SPFTestSuite", swiftSettings: common),
        .target(
            name: "SMTPStores", dependencies: ["SMTPSecurity"], path: "Sources/Support/SMTPStores", swiftSettings: core),
        .target(
            name: "SMTPStoresSQLite",
            dependencies: [
                "SMTPSecurity", "SMTPStores",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            path: "Sources/Support/SMTPStoresSQLite", swiftSettings: common),
        .systemLibrary(
            name: "CHiredis", path: "Sources/CLibraries/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        // TLS towards Redis: Debian 12 has hiredis 0.14, whose package comes without it.
        .systemLibrary(name: "COpenSSL", path: "Sources/CLibraries/COpenSSL", providers: [.apt(["libssl-dev"])]),
        .target(
            name: "SMTPStoresRedis",
            dependencies: [
                "SMTPSecurity",
                .target(name: "CHiredis", condition: .when(traits: ["Redis"])),
                .target(name: "COpenSSL", condition: .when(traits: ["Redis"])),
            ],
            path: "Sources/Support/SMTPStoresRedis", swiftSettings: common),
        .target(
            name: "SMTPReporting",
            dependencies: [
                "SMTPSecurity", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            path: "Sources/Support/SMTPReporting", swiftSettings: common),
        .target(
            name: "SMTPReplay", dependencies: ["SMTPSecurity", .product(name: "Logging", package: "swift-log")],
            path: "Sources/Support/SMTPReplay", swiftSettings: common),
        .target(
            name: "SMTPSecurityNIO",
            dependencies: [
                "SMTPSecurity",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            path: "Sources/Adapters/SMTPSecurityNIO", swiftSettings: common),
        .target(
            name: "SMTPAntivirusNIO",
            dependencies: [
                "SMTPAntivirus", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Sources/Adapters/SMTPAntivirusNIO", swiftSettings: common),
        // A scripted client and a scripted server, for the tests of several modules.
        .target(
            name: "SMTPSecurityTesting", dependencies: ["SMTPSecurity"], path: "Tests/SMTPSecurityTesting",
            swiftSettings: core),
        // A clock and a log for tests of what writes files.
        .target(
            name: "SMTPLoggingTesting",
            dependencies: ["SMTPSecurity", .product(name: "Logging", package: "swift-log")],
            path: "Tests/SMTPLoggingTesting", swiftSettings: common),
        .testTarget(
            name: "SMTPSecurityTests", dependencies: ["SMTPSecurity", "SMTPSecurityTesting"], swiftSettings: core),
        .testTarget(
            name: "SMTPProtocolComplianceTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPProtocolCompliance"], swiftSettings: core),
        .testTarget(
            name: "SMTPMethodFilterTests", dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPMethodFilter"],
            swiftSettings: core),
        // What every store has to do, for the tests of each of them.
        .target(
            name: "SMTPStoresTesting", dependencies: ["SMTPSecurity", "SMTPSecurityTesting"],
            path: "Tests/SMTPStoresTesting", swiftSettings: common),
        .testTarget(
            name: "SMTPRateLimitTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPRateLimit", "SMTPStores"], swiftSettings: core),
        .testTarget(
            name: "SMTPDirectoryHarvestTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPDirectoryHarvest", "SMTPStores"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPGreylistTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPGreylist", "SMTPStores"], swiftSettings: core),
        .testTarget(name: "SMTPDNSTests", dependencies: ["SMTPSecurity", "SMTPDNS"], swiftSettings: core),
        .testTarget(
            name: "SMTPDNSUnboundTests", dependencies: ["SMTPSecurity", "SMTPDNS", "SMTPDNSUnbound"],
            swiftSettings: common),
        .testTarget(
            name: "SMTPSenderPolicyTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPDNS", "SMTPSenderPolicy", "SPFTestSuite"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPMessageFormatTests", dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPMessageFormat"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPFileInspectionTests", dependencies: ["SMTPSecurityTesting", "SMTPFileInspection"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPFileInspectionArchiveTests",
            dependencies: ["SMTPSecurityTesting", "SMTPFileInspection", "SMTPFileInspectionArchive"],
            swiftSettings: common),
        .testTarget(
            name: "SMTPFileInspectionMagicTests", dependencies: ["SMTPFileInspection", "SMTPFileInspectionMagic"],
            swiftSettings: common),
        .testTarget(
            name: "SMTPMailValidationTests",
            dependencies: [
                "SMTPSecurity", "SMTPSecurityTesting", "SMTPDNS", "SMTPFileInspection", "SMTPMailValidation",
                "SMTPMessageFormat", "SMTPSenderPolicy",
            ],
            swiftSettings: core),
        .testTarget(
            name: "SMTPProfileFilesTests",
            dependencies: [
                "SMTPSecurity", "SMTPSecurityTesting", "SMTPProfileFiles", "SMTPProtocolCompliance", "SMTPMethodFilter",
                "SMTPRateLimit", "SMTPDirectoryHarvest", "SMTPGreylist", "SMTPSenderPolicy", "SMTPMailValidation",
                "SMTPAntivirus", "SMTPDNS", "SMTPStores",
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPAntivirusTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPMessageFormat", "SMTPAntivirus"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPAntivirusClamAVTests",
            dependencies: [
                "SMTPSecurity", "SMTPSecurityTesting", "SMTPMessageFormat", "SMTPAntivirus", "SMTPAntivirusClamAV",
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPAntivirusNIOTests",
            dependencies: [
                "SMTPSecurity", "SMTPSecurityTesting", "SMTPAntivirus", "SMTPAntivirusNIO",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPSenderPolicySPF2Tests",
            dependencies: ["SMTPSecurity", "SMTPDNS", "SMTPSenderPolicy", "SMTPSenderPolicySPF2", "SPFTestSuite"],
            swiftSettings: common),
        .testTarget(
            name: "SMTPStoresTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPStores", "SMTPStoresTesting"],
            swiftSettings: core),
        // A program that writes until it is killed.
        .executableTarget(
            name: "SQLiteStoreWriter", dependencies: ["SMTPSecurity", "SMTPStoresSQLite"],
            path: "Tests/SQLiteStoreWriter", swiftSettings: common),
        .testTarget(
            name: "SMTPStoresSQLiteTests",
            dependencies: [
                "SMTPSecurity", "SMTPSecurityTesting", "SMTPStores", "SMTPStoresSQLite", "SMTPStoresTesting",
                "SQLiteStoreWriter",
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPStoresRedisTests",
            dependencies: [
                "SMTPSecurity", "SMTPStores", "SMTPStoresRedis", "SMTPStoresTesting", "SMTPSecurityTesting",
                "SMTPRateLimit", "SMTPGreylist",
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPReportingTests",
            dependencies: [
                "SMTPSecurity", "SMTPLoggingTesting", "SMTPSecurityTesting", "SMTPReporting",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPReplayTests",
            dependencies: [
                "SMTPSecurity", "SMTPLoggingTesting", "SMTPSecurityTesting", "SMTPReplay", "SMTPProtocolCompliance",
                "SMTPRateLimit",
                "SMTPStores", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: common),
        .testTarget(
            name: "SMTPSecurityNIOTests",
            dependencies: [
                "SMTPSecurityNIO", "SMTPProtocolCompliance", "SMTPMethodFilter",
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
