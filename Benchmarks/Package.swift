// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "swift-smtp-security-benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "swift-smtp-security", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark.git", from: "1.38.0", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "Wire",
            dependencies: [
                .product(name: "Benchmark", package: "benchmark"),
                .product(name: "SMTPSecurity", package: "swift-smtp-security"),
                .product(name: "SMTPProtocolCompliance", package: "swift-smtp-security"),
                .product(name: "SMTPMethodFilter", package: "swift-smtp-security"),
            ],
            path: "Benchmarks/Wire",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
