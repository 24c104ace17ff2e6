import Foundation

/// Points of a line drawn by hand, at most.
public let strokePoints = 1_024

/// How a technician's view shows the picture, whole.
public struct Shown: Equatable, Sendable {
    public let view: Extent
    public let frame: Extent

    public init(view: Extent, frame: Extent) {
        self.view = view
        self.frame = frame
    }

    /// Where in the frame a place of the view lies, in shares.
    public func share(_ at: Place) -> Place { frameFromScreen(view: view, frame: frame, fit: .contain, at: at) }
}

/// A drawing in the making: what a finger did so far, in points of the view, as a stroke in shares of
/// the frame. A circle grows from its middle and is round. A tap makes an arrow or a circle of a size
/// of its own. Kotlin has the same, and both read `tests/vectors/phone/sketch.json`.
public struct Sketch {
    private let tool: Tool
    private let shown: Shown
    private let first: Place
    private let frameTime: UInt32?
    private let tap: Double
    private let start: Place
    private var line: [Place]
    private var lastOfLine: Place
    private var last: Place
    private var end: Place

    /// Sides of the arrow that a tap makes, as a share of the frame's width.
    private static let tapArrow = 0.08
    /// Radius of the circle that a tap makes, as a share of the frame's width.
    private static let tapRadius = 0.04

    /// Begins where the finger went down; nil beside the picture. A finger that moves less than `tap`
    /// taps; `frameTime` is the frame that was on screen.
    public init?(tool: Tool, shown: Shown, at: Place, frameTime: UInt32?, tap: Double) {
        let share = shown.share(at)
        guard (0...1).contains(share.x), (0...1).contains(share.y) else { return nil }
        self.tool = tool
        self.shown = shown
        first = at
        self.frameTime = frameTime
        self.tap = tap
        start = share
        line = [share]
        lastOfLine = at
        last = at
        end = share
    }

    /// The finger is here now.
    public mutating func extend(_ at: Place) {
        last = at
        end = Sketch.clamped(shown.share(at))
        // Nearer points add nothing to a line.
        if hypot(at.x - lastOfLine.x, at.y - lastOfLine.y) < tap / 4 { return }
        lastOfLine = at
        line.append(end)
        if line.count > strokePoints { thinOut() }
    }

    private mutating func thinOut() {
        let newest = line[line.count - 1]
        line = line.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
        if line.last != newest { line.append(newest) }
    }

    /// What is drawn so far.
    public func stroke() -> Stroke {
        let shape = shown.frame.width / shown.frame.height
        let tapped = hypot(last.x - first.x, last.y - first.y) < tap
        switch tool {
        case .arrow:
            let beside = Place(x: start.x - Sketch.tapArrow, y: start.y + Sketch.tapArrow * shape)
            return made(.arrow, tapped ? [Sketch.clamped(beside), start] : [start, end])
        case .circle:
            let radius = tapped ? Sketch.tapRadius : hypot(end.x - start.x, (end.y - start.y) / shape)
            return made(.circle, [start, Place(x: radius, y: radius * shape)])
        case .freehand, .pointer:
            return made(.freehand, line)
        }
    }

    private func made(_ kind: Kind, _ points: [Place]) -> Stroke { Stroke(kind: kind, points: points, frameTime: frameTime) }

    /// A stroke may leave the picture, but not by much.
    private static func clamped(_ at: Place) -> Place { Place(x: min(1.5, max(-0.5, at.x)), y: min(1.5, max(-0.5, at.y))) }
}
