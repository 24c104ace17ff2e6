import Foundation

/// A place: in shares of a frame, or in points of a view.
public struct Place: Equatable, Sendable {
    public let x: Double
    public let y: Double

    public init(x: Double, y: Double) {
        self.x = x
        self.y = y
    }
}

/// Width and height of a view or a frame.
public struct Extent: Equatable, Sendable {
    public let width: Double
    public let height: Double

    public init(width: Double, height: Double) {
        self.width = width
        self.height = height
    }
}

/// How a view shows a picture of another shape: letterboxed or cropped.
public enum Fit: String {
    case contain
    case cover
}

/// A projective map, row by row. Maps are named `targetFromSource` and compose from right to left;
/// every language agrees on them by `tests/vectors/board/geometry.json`.
public struct Homography: Equatable {
    private let rows: [Double]

    /// Nine numbers, or eight when the last one is 1; nil for any other count.
    public init?(_ numbers: [Double]) {
        switch numbers.count {
        case 8: rows = numbers + [1]
        case 9: rows = numbers
        default: return nil
        }
    }

    private init(nine: [Double]) {
        rows = nine
    }

    /// First `right`, then `left`.
    public static func * (left: Homography, right: Homography) -> Homography {
        let product = (0..<9).map { (at: Int) -> Double in
            let row = at / 3 * 3
            let column = at % 3
            return (0..<3).reduce(0) { sum, k in sum + left.rows[row + k] * right.rows[k * 3 + column] }
        }
        return Homography(nine: product)
    }

    /// Where a place goes; nil on or behind the horizon of the plane.
    public func apply(_ place: Place) -> Place? {
        let depth = rows[6] * place.x + rows[7] * place.y + rows[8]
        guard depth >= 1e-6 else { return nil }
        return Place(
            x: (rows[0] * place.x + rows[1] * place.y + rows[2]) / depth,
            y: (rows[3] * place.x + rows[4] * place.y + rows[5]) / depth
        )
    }

    /// Where a view shows a picture: from shares of the frame to points of the view.
    public static func screenFromFrame(view: Extent, frame: Extent, fit: Fit) -> Homography {
        let byWidth = view.width / frame.width
        let byHeight = view.height / frame.height
        let scale = fit == .contain ? min(byWidth, byHeight) : max(byWidth, byHeight)
        let width = frame.width * scale
        let height = frame.height * scale
        return Homography(nine: [
            width, 0, (view.width - width) / 2,
            0, height, (view.height - height) / 2,
            0, 0, 1,
        ])
    }
}

/// Where in the frame a place of the view lies: the inverse of `Homography.screenFromFrame`. In shares,
/// also outside of the frame.
public func frameFromScreen(view: Extent, frame: Extent, fit: Fit, at: Place) -> Place {
    let map = Homography.screenFromFrame(view: view, frame: frame, fit: fit)
    // A scale and a shift: two of its places give its inverse.
    guard let first = map.apply(Place(x: 0, y: 0)), let last = map.apply(Place(x: 1, y: 1)) else { return at }
    return Place(x: (at.x - first.x) / (last.x - first.x), y: (at.y - first.y) / (last.y - first.y))
}

/// The two ends of an arrow's head, in the unit that `from` and `to` are in.
public func arrowHead(from: Place, to: Place, length: Double) -> (Place, Place) {
    let size = min(length, max(1e-3, hypot(to.x - from.x, to.y - from.y)))
    let back = atan2(from.y - to.y, from.x - to.x)
    func side(_ turn: Double) -> Place {
        Place(x: to.x + size * cos(back + turn), y: to.y + size * sin(back + turn))
    }
    return (side(0.5), side(-0.5))
}

/// Which way to turn the camera to see something again.
public enum Direction: String, Sendable { case left, right, up, down }

/// Which way a place lies outside of a view; nil when it is inside.
public func directionTo(view: Extent, place: Place) -> Direction? {
    let beyondX = max(-place.x, place.x - view.width)
    let beyondY = max(-place.y, place.y - view.height)
    if beyondX <= 0, beyondY <= 0 { return nil }
    if beyondX >= beyondY { return place.x < 0 ? .left : .right }
    return place.y < 0 ? .up : .down
}
