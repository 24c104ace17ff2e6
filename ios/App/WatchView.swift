import AssistKit
import AssistPlatform
import SwiftUI

/// A technician's side of the session: the customer's picture, whole, and a finger that draws on it.
struct WatchView: View {
    @ObservedObject var model: VisitModel
    let live: Live
    let watch: Watch

    var body: some View {
        VStack(spacing: 8) {
            topBar
            ZStack(alignment: .bottom) {
                WatchedPicture(model: model, watch: watch)
                if !watch.shows || model.cannotShow { curtain }
                hint
            }
            card
            if live.chatOpen {
                ChatView(model: model, live: live)
            } else if !live.ending {
                tools
                steps
                controls
            }
        }
        .background(Color.black.ignoresSafeArea())
        .foregroundColor(.white)
    }

    private var topBar: some View {
        HStack {
            Text(words("live_with", live.agent)).lineLimit(1)
            Spacer()
            Label(words(state.0), systemImage: state.1)
        }
        .padding(.horizontal, 12).frame(minHeight: 48)
    }

    private var state: (String, String) {
        if live.broken { return ("connection_reconnecting", "exclamationmark.triangle") }
        if watch.frozen { return ("state_frozen", "snowflake") }
        if watch.paused { return ("paused_title", "pause") }
        return watch.shows ? ("state_live", "eye") : ("state_no_picture", "eye.slash")
    }

    private var curtain: some View {
        VStack(spacing: 16) {
            Text(words(reason)).font(.title2.bold()).multilineTextAlignment(.center)
            if watch.surface == nil, !watch.asked {
                Button(words("watch_ask_camera")) { model.handle(.wanted(.camera)) }.buttonStyle(WideButton())
            }
        }
        .padding(32).frame(maxWidth: .infinity, maxHeight: .infinity).background(Color.black)
    }

    private var reason: String {
        if watch.paused { return "watch_paused" }
        if watch.surface != nil { return "watch_no_picture" }
        return watch.asked ? "watch_asked" : "watch_waiting"
    }

    @ViewBuilder private var hint: some View {
        if watch.shows, !live.lost.isEmpty {
            pill("watch_lost")
        } else if watch.shows, watch.hiddenParts > 0 {
            pill("watch_hidden")
        }
    }

    private func pill(_ key: String) -> some View {
        Text(words(key)).padding(.horizontal, 16).padding(.vertical, 8).background(Capsule().fill(Color.black.opacity(0.7))).padding(8)
    }

    @ViewBuilder private var card: some View {
        if live.ending {
            QuestionView(
                model: model, text: words("leave_text"),
                yes: ("leave_yes", .endAnswered(yes: true, nowMs: Int(ProcessInfo.processInfo.systemUptime * 1_000))),
                no: ("end_no", .endAnswered(yes: false, nowMs: 0))
            )
        } else if let problem = live.problem {
            QuestionView(model: model, text: words(problem, waitSeconds: 0), yes: ("understood", .problemSeen), no: nil)
        }
    }

    private var tools: some View {
        HStack(spacing: 8) {
            tool(.pointer, "hand.point.up.left")
            tool(.arrow, "arrow.up.right")
            tool(.circle, "circle")
            tool(.freehand, "scribble")
        }
        .padding(.horizontal, 8).disabled(!watch.shows)
    }

    private func tool(_ tool: Tool, _ icon: String) -> some View {
        ControlButton("tool_\(tool.rawValue)", icon, watch.tool == tool, nil) { model.handle(.toolChosen(tool)) }
    }

    private var steps: some View {
        HStack(spacing: 8) {
            ControlButton("undo", "arrow.uturn.backward", false, words("undo_long")) { model.handle(.undoTapped) }
                .disabled(watch.strokes == 0)
            ControlButton("freeze", "snowflake", watch.frozen, words(watch.frozen ? "freeze_off" : "freeze_on")) { model.handle(.freezeTapped) }
                .disabled(!watch.shows)
        }
        .padding(.horizontal, 8)
    }

    private var controls: some View {
        HStack(spacing: 8) {
            ControlButton("microphone", live.microphone ? "mic" : "mic.slash", live.microphone, words(live.microphone ? "microphone_off" : "microphone_on")) {
                model.handle(.microphoneTapped)
            }
            ControlButton("chat", "bubble.left", live.unread > 0, live.unread > 0 ? words("chat_unread", "\(live.unread)") : words("chat_open")) {
                model.handle(.chatTapped)
            }
            ControlButton("leave", "xmark", false, nil, color: .red) { model.handle(.endTapped) }
        }
        .padding([.horizontal, .bottom], 8)
    }
}

/// The received picture, whole, with the drawings on it and the finger that draws.
struct WatchedPicture: UIViewRepresentable {
    @ObservedObject var model: VisitModel
    let watch: Watch

    func makeUIView(context: Context) -> WatchedView { WatchedView(model: model) }

    func updateUIView(_ view: WatchedView, context: Context) { view.tool = watch.shows ? watch.tool : nil }
}

final class WatchedView: UIView {
    /// What the finger does; nil while there is nothing to draw on.
    var tool: Tool? {
        didSet { if tool != oldValue { cancel() } }
    }

    private let overlay = OverlayView(frame: .zero)
    private let model: VisitModel
    private var link: CADisplayLink?
    private var sketch: Sketch?
    private var begun: UInt32?
    /// A finger that moves less than this taps, in points.
    private static let tap = 8.0

    init(model: VisitModel) {
        self.model = model
        super.init(frame: .zero)
        isAccessibilityElement = true
        accessibilityLabel = words("watch_picture")
        layer.contentsGravity = .resizeAspect
        overlay.fit = .contain
        addSubview(overlay)
        overlay.source = { [weak self] in self?.drawings() ?? [] }
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { fatalError("made in code") }

    private func drawings() -> [Drawing] { model.frameTime.flatMap { model.core?.overlay(on: $0) } ?? [] }

    override func layoutSubviews() {
        super.layoutSubviews()
        overlay.frame = bounds
    }

    override func didMoveToWindow() {
        super.didMoveToWindow()
        link?.invalidate()
        link = window == nil ? nil : CADisplayLink(target: self, selector: #selector(tick))
        link?.add(to: .main, forMode: .common)
    }

    @objc private func tick() {
        let (picture, time) = model.watched.get()
        guard let picture, model.visit.live?.watch?.frozen != true, model.frameTime != UInt32(truncatingIfNeeded: time),
            let surface = CVPixelBufferGetIOSurface(picture)?.takeUnretainedValue()
        else { return }
        model.frameTime = UInt32(truncatingIfNeeded: time)
        overlay.frameSize = Extent(width: Double(CVPixelBufferGetWidth(picture)), height: Double(CVPixelBufferGetHeight(picture)))
        layer.contents = surface
    }

    private var shown: Shown { Shown(view: Extent(width: bounds.width, height: bounds.height), frame: overlay.frameSize) }

    private func place(_ touches: Set<UITouch>) -> Place? {
        touches.first.map { $0.location(in: self) }.map { Place(x: $0.x, y: $0.y) }
    }

    override func touchesBegan(_ touches: Set<UITouch>, with event: UIEvent?) {
        guard let tool, let at = place(touches) else { return }
        if tool == .pointer { return point(at, visible: true) }
        // A second finger: nothing is drawn by accident.
        if sketch != nil { return cancel() }
        begun = model.frameTime
        sketch = Sketch(tool: tool, shown: shown, at: at, frameTime: begun, tap: Self.tap)
        if sketch != nil { model.hold(begun, true) }
        draft()
    }

    override func touchesMoved(_ touches: Set<UITouch>, with event: UIEvent?) {
        guard let at = place(touches) else { return }
        if tool == .pointer { return point(at, visible: true) }
        sketch?.extend(at)
        draft()
    }

    override func touchesEnded(_ touches: Set<UITouch>, with event: UIEvent?) {
        guard let at = place(touches) else { return }
        if tool == .pointer { return point(at, visible: false) }
        sketch?.extend(at)
        guard let stroke = sketch?.stroke() else { return }
        sketch = nil
        draft()
        model.handle(.sketched(stroke))
    }

    override func touchesCancelled(_ touches: Set<UITouch>, with event: UIEvent?) { cancel() }

    private func cancel() {
        guard sketch != nil else { return }
        sketch = nil
        draft()
        model.hold(begun, false)
    }

    private func point(_ at: Place, visible: Bool) {
        let share = shown.share(at)
        let isIn = (0...1).contains(share.x) && (0...1).contains(share.y)
        try? model.core?.point(
            x: min(1, max(0, share.x)), y: min(1, max(0, share.y)), visible: visible && isIn, frameTime: model.frameTime
        )
    }

    private func draft() { overlay.draft = sketch.map { asDrawing($0.stroke()) } }
}

/// A stroke as it is drawn before the others have it.
private func asDrawing(_ stroke: Stroke) -> Drawing {
    var points = stroke.points
    if stroke.kind == .circle, points.count == 2 {
        let (middle, radius) = (points[0], points[1])
        points = (0...48).map { corner in
            let angle = 2 * Double.pi * Double(corner) / 48
            return Place(x: middle.x + radius.x * cos(angle), y: middle.y + radius.y * sin(angle))
        }
    }
    return Drawing(anchor: 0, kind: stroke.kind, color: 0, status: .tracking, width: stroke.width, points: points, text: stroke.text)
}
