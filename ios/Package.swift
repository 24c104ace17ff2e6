// swift-tools-version:5.9
import Foundation
import PackageDescription

// The core is there once `scripts/build-xcframework` has run on a Mac; without it, and on Linux, the
// pure part is built and tested.
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
let hasCore = FileManager.default.fileExists(atPath: root.appendingPathComponent("build/SightlineFfiC.xcframework").path)

var products: [Product] = [.library(name: "AssistKit", targets: ["AssistKit"])]
var targets: [Target] = [
    .target(name: "AssistKit"),
    .testTarget(name: "AssistKitTests", dependencies: ["AssistKit"]),
]
if hasCore {
    products += [
        .library(name: "AssistPlatform", targets: ["AssistPlatform"]),
        .library(name: "AssistBroadcast", targets: ["AssistBroadcast"]),
    ]
    targets += [
        .binaryTarget(name: "SightlineFfiC", path: "build/SightlineFfiC.xcframework"),
        // The script copies the generated SightlineFfi.swift beside the facade.
        .target(name: "AssistCore", dependencies: ["AssistKit", "SightlineFfiC"]),
        .target(name: "AssistPlatform", dependencies: ["AssistKit", "AssistCore", "AssistBroadcast"]),
        // What the broadcast extension links: neither core nor tracker.
        .target(name: "AssistBroadcast", dependencies: ["AssistKit"]),
    ]
}

let package = Package(name: "Sightline", platforms: [.iOS(.v15), .macOS(.v12)], products: products, targets: targets)
