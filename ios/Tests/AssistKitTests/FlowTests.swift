import Foundation
import XCTest

@testable import AssistKit

/// The way through a visit, told by the stories that Kotlin reads as well.
final class FlowTests: XCTestCase {
    private struct File: Decodable {
        struct Story: Decodable {
            let name: String
            let server: String?
            let steps: [Step]
        }
        struct Step: Decodable {
            let `do`: String
            let then: [String]
            let shows: String
        }
        let stories: [Story]
    }

    func testStories() throws {
        let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("tests/vectors/phone/flow.json"))
        let stories = try JSONDecoder().decode(File.self, from: data).stories
        XCTAssertGreaterThan(stories.count, 15)
        for story in stories {
            var visit = Visit(server: story.server)
            for step in story.steps {
                let effects = reduce(&visit, try Story.input(step.do))
                XCTAssertEqual(effects.map(Story.text), step.then, "\(story.name): \(step.do)")
                XCTAssertEqual(Story.text(visit), step.shows, "\(story.name): \(step.do)")
            }
        }
    }

    func testFramesCrossTheSocketInPiecesOfAnySize() throws {
        let sent = [
            BroadcastMessage(kind: .keyframe, timeUs: 1 << 40, width: 590, height: 1280, data: Data([0, 0, 0, 1, 0x67])),
            BroadcastMessage(kind: .frame, timeUs: 7, width: 590, height: 1280, data: Data()),
            BroadcastMessage(kind: .luma, timeUs: 7, width: 3, height: 2, data: Data([1, 2, 3, 4, 5, 6])),
            BroadcastMessage(kind: .stopped, timeUs: 8, width: 0, height: 0, data: Data()),
        ]
        let bytes = sent.map { $0.encoded() }.reduce(Data(), +)
        for size in [1, 3, 17, bytes.count] {
            var reader = BroadcastReader()
            var found: [BroadcastMessage] = []
            for start in stride(from: 0, to: bytes.count, by: size) {
                found += try reader.read(Data(bytes[start..<min(start + size, bytes.count)]))
            }
            XCTAssertEqual(found, sent)
        }
        var reader = BroadcastReader()
        XCTAssertThrowsError(try reader.read(Data([0xff, 0, 0, 0])))
        reader = BroadcastReader()
        XCTAssertThrowsError(try reader.read(Data([0, 0, 0, 1, 1])))
    }
}
