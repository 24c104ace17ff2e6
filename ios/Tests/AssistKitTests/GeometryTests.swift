import Foundation
import XCTest

@testable import AssistKit

/// The same golden vectors as Rust, TypeScript and Kotlin.
final class GeometryTests: XCTestCase {
    private struct Vectors: Decodable {
        struct Shown: Decodable {
            let fit: String
            let view: [Double]
            let frame: [Double]
            let point: [Double]
            let screen: [Double]
        }
        struct Applied: Decodable {
            let homography: [Double]
            let point: [Double]
            let mapped: [Double]?
        }
        struct Composed: Decodable {
            let a: [Double]
            let b: [Double]
            let point: [Double]
            let mapped: [Double]
        }
        let screen_from_frame: [Shown]
        let apply: [Applied]
        let compose: [Composed]
    }

    private func vectors() throws -> Vectors {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appendingPathComponent("tests/vectors/board/geometry.json")
        return try JSONDecoder().decode(Vectors.self, from: Data(contentsOf: file))
    }

    private func assertClose(_ found: Place?, _ expected: [Double]) throws {
        let found = try XCTUnwrap(found)
        XCTAssertLessThan(hypot(found.x - expected[0], found.y - expected[1]), 1e-6)
    }

    func testViewsShowFramesWhereAllLanguagesDo() throws {
        let cases = try vectors().screen_from_frame
        XCTAssertGreaterThanOrEqual(cases.count, 7)
        for item in cases {
            let map = Homography.screenFromFrame(
                view: Extent(width: item.view[0], height: item.view[1]),
                frame: Extent(width: item.frame[0], height: item.frame[1]),
                fit: try XCTUnwrap(Fit(rawValue: item.fit))
            )
            try assertClose(map.apply(Place(x: item.point[0], y: item.point[1])), item.screen)
        }
    }

    func testPointsGoWhereAllLanguagesSayAndNoneBehindTheHorizon() throws {
        let cases = try vectors().apply
        XCTAssertTrue(cases.contains { $0.mapped == nil })
        for item in cases {
            let map = try XCTUnwrap(Homography(item.homography))
            let found = map.apply(Place(x: item.point[0], y: item.point[1]))
            if let mapped = item.mapped {
                try assertClose(found, mapped)
            } else {
                XCTAssertNil(found)
            }
        }
    }

    func testMapsComposeFromRightToLeft() throws {
        for item in try vectors().compose {
            let a = try XCTUnwrap(Homography(item.a))
            let b = try XCTUnwrap(Homography(item.b))
            try assertClose((a * b).apply(Place(x: item.point[0], y: item.point[1])), item.mapped)
        }
    }

    func testLinksAndCodesAreRead() {
        XCTAssertEqual(DeepLink.parse("123 456"), .code("123456"))
        let link = "https://help.example.com/j/#abcDEF_-12345"
        XCTAssertEqual(DeepLink.parse(" \(link)\n"), .link(link, host: "help.example.com"))
        for wrong in ["", "12345", "https://x/j/#short", "http://help.example.com/j/#abcdefgh"] {
            XCTAssertNil(DeepLink.parse(wrong), wrong)
        }
    }
}
