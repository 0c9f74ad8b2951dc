// swift-tools-version: 6.2
import PackageDescription

/// Settings for every Swift target of the project.
let swift: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// A Swift library target in Sources/<name>.
func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swift)
}

/// The tests of Sources/<name>, in Tests/<name>Tests.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies,
        swiftSettings: swift)
}

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(
    name: "AsyncHTTPClient", package: "async-http-client")
let configuration = Target.Dependency.product(
    name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let grpcCore = Target.Dependency.product(name: "GRPCCore", package: "grpc-swift-2")
let grpcProtobuf = Target.Dependency.product(
    name: "GRPCProtobuf", package: "grpc-swift-protobuf")
let grpcTransport = Target.Dependency.product(
    name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let certificateReloading = Target.Dependency.product(
    name: "NIOCertificateReloading", package: "swift-nio-extras")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(
    name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP2 = Target.Dependency.product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "tessera",
    products: [.executable(name: "tessera", targets: ["tessera"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(
            url: "https://github.com/apple/swift-configuration", exact: "1.4.0",
            traits: ["YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", exact: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/grpc/grpc-swift-2", exact: "2.4.3"),
        .package(url: "https://github.com/grpc/grpc-swift-nio-transport", exact: "2.9.2"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Level 0: C shims. A module map and a header per system library; kernels in C.
        .target(name: "CKernels"),
        .target(name: "CAllocator"),
        .target(name: "CScheduling"),
        .systemLibrary(
            name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(
            name: "CJWT", pkgConfig: "libjwt", providers: [.apt(["libjwt-dev"])]),
        .target(name: "CText", linkerSettings: [.linkedLibrary("re2")]),

        // Level 1: vocabulary and ports.
        library("ChromaModel", []),
        library("Platform", ["CScheduling"]),

        // Level 2: one job each, no tenancy.
        library("ChromaWire", ["ChromaModel", nioCore]),
        library("VectorIndex", ["CKernels", "ChromaModel"]),
        library("TextIndex", ["CText", "ChromaModel"]),
        library("RateLimits", ["ChromaModel", "Platform"]),
        library("Usage", ["ChromaModel", crypto]),
        library(
            "HTTPServing",
            [
                "CScheduling", hummingbirdCore, hummingbirdTLS, logging, nioCore, nioHTTP1, nioSSL,
            ]),
        library("ServerConfiguration", ["ChromaModel", configuration, yams]),
        library("Telemetry", ["ChromaModel", "Platform", logging, tracing]),
        library(
            "TransportSecurity",
            [
                "ChromaModel", asn1, certificateReloading, crypto, lifecycle, logging, nioSSL,
                x509,
            ]),

        library("Billing", ["ChromaModel", "Platform", crypto]),

        // Level 3: what makes and keeps a tenant's data.
        library(
            "Access",
            [
                "ChromaModel", "ChromaWire", "CJWT", "Platform", "Usage", asyncHTTPClient, crypto,
                cryptoExtras, logging, nioCore, nioHTTP1, nioPosix,
            ]),
        library(
            "TelemetryExport",
            [
                "ChromaModel", "Platform", "Telemetry", asyncHTTPClient, grpcCore, grpcTransport,
                logging, nioCore, nioHTTP1, nioSSL, tracing,
            ]),
        library(
            "Postgres",
            ["ChromaModel", "CPostgres", "Platform", "Telemetry", logging, nioPosix, tracing]),
        library(
            "TenantStorage",
            ["CKernels", "ChromaModel", "Platform", "TextIndex", "Usage", crypto, grdb]),

        // Level 4
        library(
            "UsageSpool",
            ["ChromaModel", "Platform", "TenantStorage", "Usage", lifecycle, logging, nioPosix]),
        library(
            "TenantEngine",
            [
                "Access", "CAllocator", "ChromaModel", "Platform", "Telemetry", "TenantStorage",
                "TextIndex", "Usage", "VectorIndex", logging, nioCore, nioPosix,
            ]),

        library("Directory", ["Access", "ChromaModel", "Platform"]),

        // Level 5: what people do to a tenant's files; generated code, and the names and times in
        // its messages.
        library(
            "TenantTools",
            [
                "Access", "ChromaModel", "Platform", "TenantEngine", "TenantStorage",
                "Usage", "VectorIndex", crypto, nioPosix,
            ]),
        library(
            "TesseraRPC",
            [
                "Access", "ChromaModel", "HTTPServing", "Telemetry", "TransportSecurity", grpcCore,
                grpcProtobuf, grpcTransport, lifecycle, nioCore, nioHTTP2, nioPosix, nioSSL,
                protobuf, tracing, x509,
            ]),

        // Level 6
        library(
            "ControlPlane",
            [
                "Access", "Billing", "ChromaModel", "Directory", "Platform", "Postgres",
                "RateLimits", "Telemetry", "TenantEngine", "Usage", asyncHTTPClient, crypto,
                lifecycle, logging, nioCore, nioHTTP1, nioPosix,
            ]),

        library(
            "EdgeService",
            [
                "Access", "ChromaModel", "Directory", "Platform", "RateLimits", "TesseraRPC",
                "TransportSecurity", "Usage", grpcCore, grpcProtobuf, grpcTransport, lifecycle,
                logging, nioCore, nioPosix, protobuf,
            ]),

        library(
            "EngineService",
            [
                "Access", "ChromaModel", "Telemetry", "TenantEngine", "TenantTools", "TesseraRPC",
                "TransportSecurity", "Usage", grpcCore, grpcProtobuf, grpcTransport, lifecycle,
                logging, protobuf,
            ]),

        // Level 7: the two public faces.
        library(
            "Frontend",
            [
                "Access", "ChromaModel", "ChromaWire", "HTTPServing", "Platform",
                "RateLimits", "Telemetry", "TenantEngine", "TesseraRPC", "TransportSecurity",
                "Usage", grpcCore, grpcProtobuf,
                httpTypes, hummingbirdCore, lifecycle, logging, nioCore, nioPosix, protobuf,
                tracing,
            ]),
        library(
            "AdminAPI",
            [
                "Access", "Billing", "ChromaModel", "ControlPlane", "HTTPServing", "Platform",
                "Telemetry", "TenantEngine", "TenantTools", "TesseraRPC", "TransportSecurity",
                "Usage", crypto, grpcCore, grpcProtobuf, httpTypes, hummingbird, hummingbirdCore,
                lifecycle, logging, nioCore, nioPosix, protobuf, tracing,
            ]),

        library(
            "AdminClient",
            ["ChromaModel", "TesseraRPC", grpcCore, grpcTransport, nioCore, protobuf, yams]),

        // Level 8: it only wires.
        .executableTarget(
            name: "tessera",
            dependencies: [
                "Access", "AdminAPI", "AdminClient", "Billing", "CAllocator", "CScheduling",
                "ChromaModel", "ControlPlane", "Directory", "EdgeService", "EngineService",
                "Frontend", "HTTPServing", "Platform", "Postgres", "RateLimits",
                "ServerConfiguration", "Telemetry", "TelemetryExport", "TenantEngine",
                "TenantStorage", "TenantTools", "TesseraRPC", "TransportSecurity", "Usage",
                "UsageSpool", argumentParser, grpcCore, lifecycle, logging, nioCore, protobuf,
                unixSignals,
            ],
            swiftSettings: swift),

        // The index without a server around it: Benchmarks/index.py.
        .executableTarget(
            name: "IndexBenchmark", dependencies: ["ChromaModel", "VectorIndex"],
            path: "Benchmarks/index", swiftSettings: swift),

        // Tests mirror Sources.
        .target(
            name: "TestSupport",
            dependencies: [
                "Access", "ChromaModel", "Platform", "Postgres", "TenantEngine", "Usage", logging,
            ],
            path: "Tests/TestSupport", swiftSettings: swift),
        tests(
            "Access",
            [
                "ChromaModel", "Platform", "TestSupport", crypto, cryptoExtras, logging, nioCore,
                nioHTTP1, nioPosix,
            ]),
        tests(
            "AdminAPI",
            [
                "Access", "AdminClient", "Billing", "ChromaModel", "ControlPlane", "Platform",
                "Postgres", "TenantEngine", "TenantStorage", "TenantTools", "TesseraRPC",
                "TestSupport",
                asyncHTTPClient, crypto, grpcCore, httpTypes, lifecycle, logging, nioCore,
                nioHTTP1, protobuf,
            ]),
        tests("AdminClient", ["TesseraRPC", grpcCore, protobuf]),
        tests("Billing", ["ChromaModel", "Platform", "TestSupport"]),
        tests("ChromaModel", ["TestSupport"]),
        tests("ChromaWire", ["TestSupport"]),
        tests("Directory", ["Access", "ChromaModel", "Platform", "TestSupport"]),
        tests(
            "EdgeService",
            [
                "Access", "ChromaModel", "Directory", "Platform", "TesseraRPC", "TestSupport",
                "Usage", protobuf,
            ]),
        tests(
            "ControlPlane",
            [
                "Access", "Billing", "ChromaModel", "Directory", "Platform", "Postgres",
                "RateLimits", "TestSupport", "Usage",
            ]),
        tests(
            "EngineService",
            [
                "Access", "ChromaModel", "Platform", "Telemetry", "TenantEngine", "TenantTools",
                "TesseraRPC", "TestSupport", "TransportSecurity", "Usage", grpcCore, grpcProtobuf,
                lifecycle, logging, protobuf,
            ]),
        tests(
            "Frontend",
            [
                "Access", "ChromaModel", "Platform", "TenantEngine", "TestSupport",
                asyncHTTPClient, httpTypes, hummingbirdCore, lifecycle, logging, nioCore,
                nioHTTP1, nioPosix,
            ]),
        tests("HTTPServing", [nioCore, nioEmbedded, nioHTTP1]),
        tests("TesseraRPC", [nioCore, nioEmbedded, nioHTTP2]),
        tests("Platform", ["TestSupport"]),
        tests("RateLimits", ["Platform", "TestSupport"]),
        tests("Usage", ["ChromaModel", "TestSupport"]),
        tests("UsageSpool", ["ChromaModel", "Platform", "TestSupport", "Usage", logging]),
        tests("Postgres", ["TestSupport"]),
        tests("ServerConfiguration", ["ChromaModel", configuration, yams]),
        tests("Telemetry", ["ChromaModel", "Platform", logging, tracing]),
        tests(
            "TenantEngine",
            [
                "Access", "ChromaModel", "ChromaWire", "Platform", "Telemetry", "TenantStorage",
                "TestSupport", "Usage", "VectorIndex", logging, nioCore,
            ]),
        tests("TelemetryExport", ["ChromaModel", "Telemetry", logging]),
        tests(
            "TenantStorage",
            ["ChromaModel", "CKernels", "Platform", "TestSupport", "TextIndex", "Usage"]),
        tests(
            "TenantTools",
            [
                "Access", "ChromaModel", "Platform", "TenantEngine", "TenantStorage",
                "TestSupport", logging,
            ]),
        tests("TextIndex", ["ChromaModel", "TestSupport"]),
        tests("VectorIndex", ["ChromaModel", "CKernels", "Platform", "TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
