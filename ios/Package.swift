// swift-tools-version:5.9
import PackageDescription

let package = Package(
    name: "Sightline",
    platforms: [.iOS(.v15), .macOS(.v12)],
    products: [.library(name: "AssistKit", targets: ["AssistKit"])],
    targets: [
        // Foundation only, so that its tests run on Linux as well.
        .target(name: "AssistKit"),
        .testTarget(name: "AssistKitTests", dependencies: ["AssistKit"]),
    ]
)
