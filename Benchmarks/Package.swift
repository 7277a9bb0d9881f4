// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
]

let package = Package(
    name: "swift-smtp-security-benchmarks",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "wire-bench", targets: ["wire-bench"]),
        .executable(name: "store-bench", targets: ["store-bench"]),
        .executable(name: "policy-bench", targets: ["policy-bench"]),
        .executable(name: "message-bench", targets: ["message-bench"]),
        .executable(name: "scan-bench", targets: ["scan-bench"]),
        .executable(name: "report-bench", targets: ["report-bench"]),
    ],
    dependencies: [
        .package(name: "swift-smtp-security", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.0", traits: []),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.5.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
    ],
    targets: [
        .target(name: "AllocationCounter"),
        // What is measured, for both programs below.
        .target(
            name: "WireCases",
            dependencies: [
                "AllocationCounter",
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPProtocolCompliance", package: "swift-smtp-security"),
                .product(name: "SMTPMethodFilter", package: "swift-smtp-security"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "wire-bench",
            dependencies: [
                "AllocationCounter", "WireCases",
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "store-bench",
            dependencies: [
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPStores", package: "swift-smtp-security"),
                .product(name: "SMTPStoresSQLite", package: "swift-smtp-security"),
                .product(name: "SMTPStoresRedis", package: "swift-smtp-security"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "policy-bench",
            dependencies: [
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPDNS", package: "swift-smtp-security"),
                .product(name: "SMTPSenderPolicy", package: "swift-smtp-security"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "message-bench",
            dependencies: [
                "AllocationCounter",
                .product(name: "SMTPMessageFormat", package: "swift-smtp-security"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .systemLibrary(name: "CClamAV", providers: [.apt(["libclamav-dev"])]),
        .executableTarget(
            name: "scan-bench",
            dependencies: [
                "CClamAV",
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPAntivirus", package: "swift-smtp-security"),
                .product(name: "SMTPAntivirusClamAV", package: "swift-smtp-security"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "report-bench",
            dependencies: [
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPReporting", package: "swift-smtp-security"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "Wire",
            dependencies: ["WireCases", .product(name: "Benchmark", package: "benchmark")],
            path: "Benchmarks/Wire",
            swiftSettings: settings,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ],
    swiftLanguageModes: [.v6]
)
