#if canImport(UIKit) && os(iOS)
import AssistKit
import UIKit

/// Lies over the picture and draws, once a vsync, what sticks to the frame that is on screen.
public final class OverlayView: UIView {
    /// What to draw on the frame that is on screen; asked once a vsync.
    public var source: () -> [Drawing] = { [] }
    /// Shape of the upright picture under this view.
    public var frameSize = Extent(width: 720, height: 1280)
    /// How this view shows the picture.
    public var fit = Fit.cover
    /// What a finger draws at this moment.
    public var draft: Drawing? {
        didSet { setNeedsDisplay() }
    }

    private var drawings: [Drawing] = []
    private var link: CADisplayLink?

    /// The eight author colours, the same everywhere.
    private static let colors: [UInt32] = [
        0x0072b2, 0xd55e00, 0xa821ed, 0x000000, 0xed0066, 0x000087, 0x870000, 0x660066,
    ]

    override public init(frame: CGRect) {
        super.init(frame: frame)
        isOpaque = false
        isUserInteractionEnabled = false
        isAccessibilityElement = false
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { fatalError("made in code") }

    override public func didMoveToWindow() {
        super.didMoveToWindow()
        link?.invalidate()
        link = window == nil ? nil : CADisplayLink(target: self, selector: #selector(tick))
        link?.add(to: .main, forMode: .common)
    }

    @objc private func tick() {
        let had = !drawings.isEmpty
        drawings = source()
        if had || !drawings.isEmpty { setNeedsDisplay() }
    }

    override public func draw(_ rect: CGRect) {
        let view = Extent(width: bounds.width, height: bounds.height)
        let screenFromFrame = Homography.screenFromFrame(view: view, frame: frameSize, fit: fit)
        let (byWidth, byHeight) = (view.width / frameSize.width, view.height / frameSize.height)
        let scale = (fit == .cover ? max(byWidth, byHeight) : min(byWidth, byHeight)) * frameSize.width
        for drawing in drawings + (draft.map { [$0] } ?? []) { draw(drawing, screenFromFrame, scale) }
    }

    private func draw(_ drawing: Drawing, _ screenFromFrame: Homography, _ scale: Double) {
        let points = drawing.points.compactMap(screenFromFrame.apply).map { CGPoint(x: $0.x, y: $0.y) }
        guard let first = points.first else { return }
        let hex = Self.colors[drawing.color % Self.colors.count]
        let color = UIColor(
            red: CGFloat(hex >> 16 & 0xff) / 255, green: CGFloat(hex >> 8 & 0xff) / 255, blue: CGFloat(hex & 0xff) / 255,
            alpha: drawing.status == .uncertain ? 0.45 : 1
        )
        if drawing.kind == .text {
            let attributes: [NSAttributedString.Key: Any] = [
                .font: UIFont.preferredFont(forTextStyle: .headline), .foregroundColor: UIColor.white, .backgroundColor: color,
            ]
            return (drawing.text ?? "").draw(at: first, withAttributes: attributes)
        }
        let width = max(drawing.width * scale, 3)
        let path = line(points)
        if drawing.kind == .arrow, points.count == 2 {
            let (left, right) = arrowHead(
                from: Place(x: first.x, y: first.y), to: Place(x: points[1].x, y: points[1].y), length: max(width * 4, scale * 0.03)
            )
            path.append(line([CGPoint(x: left.x, y: left.y), points[1], CGPoint(x: right.x, y: right.y)]))
        }
        if drawing.kind == .highlight {
            path.lineWidth = width * 3
            color.withAlphaComponent(0.4).setStroke()
            return path.stroke()
        }
        // A light line around each stroke keeps it visible on any picture.
        path.lineWidth = width + 4
        UIColor.white.withAlphaComponent(0.8).setStroke()
        path.stroke()
        path.lineWidth = width
        color.setStroke()
        path.stroke()
    }

    private func line(_ points: [CGPoint]) -> UIBezierPath {
        let path = UIBezierPath()
        path.lineCapStyle = .round
        path.lineJoinStyle = .round
        for (at, point) in points.enumerated() {
            if at == 0 { path.move(to: point) } else { path.addLine(to: point) }
        }
        return path
    }
}
#endif
