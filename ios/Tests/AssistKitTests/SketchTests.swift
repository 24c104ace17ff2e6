import Foundation
import XCTest

@testable import AssistKit

/// What a finger draws, as Kotlin has it as well.
final class SketchTests: XCTestCase {
    private struct File: Decodable {
        struct Case: Decodable {
            let name: String
            let tool: String
            let view: [Double]
            let frame: [Double]
            let tap: Double
            let touches: [[Double]]
            let kind: String?
            let points: [Double]?
        }
        let cases: [Case]
    }

    func testCases() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("tests/vectors/phone/sketch.json"))
        let cases = try JSONDecoder().decode(File.self, from: data).cases
        XCTAssertGreaterThanOrEqual(cases.count, 10)
        for item in cases {
            let touches = item.touches.map { Place(x: $0[0], y: $0[1]) }
            let shown = Shown(
                view: Extent(width: item.view[0], height: item.view[1]), frame: Extent(width: item.frame[0], height: item.frame[1])
            )
            let tool = try XCTUnwrap(Tool(rawValue: item.tool))
            guard var sketch = Sketch(tool: tool, shown: shown, at: touches[0], frameTime: 7, tap: item.tap) else {
                XCTAssertNil(item.kind, item.name)
                continue
            }
            touches.dropFirst().forEach { sketch.extend($0) }
            let stroke = sketch.stroke()
            XCTAssertEqual(stroke.frameTime, 7)
            let found = stroke.points.flatMap { [$0.x, $0.y] }
            let expected = try XCTUnwrap(item.points)
            XCTAssertEqual(found.count, expected.count, item.name)
            for (a, b) in zip(found, expected) { XCTAssertEqual(a, b, accuracy: 1e-5, item.name) }
        }
    }
}
