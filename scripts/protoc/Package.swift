// swift-tools-version: 6.2
import PackageDescription

// The protoc plugins that generate-protobuf.sh builds, at the versions of the main Package.swift.
// They live in a package of their own so that building the server never builds them.
let package = Package(
    name: "protoc-plugins",
    dependencies: [
        .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
        .package(url: "https://github.com/grpc/grpc-swift-protobuf", exact: "2.4.1"),
    ],
    // SwiftPM wants a target of our own before it builds a product of a dependency.
    targets: [.executableTarget(name: "Anchor")]
)
