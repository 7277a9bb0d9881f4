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
        .library(name: "SMTPSecurityNIO", targets: ["SMTPSecurityNIO"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
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
            name: "SMTPSecurityNIO",
            dependencies: [
                "SMTPSecurity",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Sources/Adapters/SMTPSecurityNIO", swiftSettings: common),
        // A scripted client and a scripted server, for the tests of several modules.
        .target(
            name: "SMTPSecurityTesting", dependencies: ["SMTPSecurity"], path: "Tests/SMTPSecurityTesting",
            swiftSettings: core),
        .testTarget(
            name: "SMTPSecurityTests", dependencies: ["SMTPSecurity", "SMTPSecurityTesting"], swiftSettings: core),
        .testTarget(
            name: "SMTPProtocolComplianceTests",
            dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPProtocolCompliance"], swiftSettings: core),
        .testTarget(
            name: "SMTPMethodFilterTests", dependencies: ["SMTPSecurity", "SMTPSecurityTesting", "SMTPMethodFilter"],
            swiftSettings: core),
        .testTarget(
            name: "SMTPSecurityNIOTests",
            dependencies: [
                "SMTPSecurityNIO", "SMTPProtocolCompliance", "SMTPMethodFilter",
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: common),
    ],
    swiftLanguageModes: [.v6]
)
