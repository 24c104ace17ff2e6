import Foundation
import XCTest

@testable import AssistKit

final class AnnexBTests: XCTestCase {
    private let picture = Data([0, 0, 0, 1, 0x67, 1, 2, 0, 0, 1, 0x68, 3, 0, 0, 0, 1, 0x65, 0, 0, 3, 1, 9])

    func testUnitsAreFoundBetweenStartCodesOfBothLengths() {
        XCTAssertEqual(AnnexB.units(picture), [Data([0x67, 1, 2]), Data([0x68, 3]), Data([0x65, 0, 0, 3, 1, 9])])
        XCTAssertEqual(AnnexB.units(picture).map(AnnexB.kind), [7, 8, 5])
        XCTAssertEqual(AnnexB.units(Data([1, 2, 3])), [], "the control: no start code")
        XCTAssertEqual(AnnexB.units(Data([0, 0, 1])), [])
    }

    func testTheDecoderGetsLengthsAndNoParameters() {
        XCTAssertEqual(AnnexB.lengthPrefixed(AnnexB.units(picture)), Data([0, 0, 0, 6, 0x65, 0, 0, 3, 1, 9]))
    }
}
