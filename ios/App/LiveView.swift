import AssistKit
import AssistPlatform
import CoreImage
import ReplayKit
import SwiftUI

/// The session: the camera with what the agent draws on it, and everything that can be done.
struct LiveView: View {
    @ObservedObject var model: VisitModel
    let live: Live

    private var hasCamera: Bool { live.sending == .camera && !live.paused }

    var body: some View {
        ZStack {
            Color.black.ignoresSafeArea()
            if hasCamera {
                PictureView(model: model, live: live).ignoresSafeArea()
            } else {
                curtain
            }
            VStack(spacing: 8) {
                topBar
                Spacer()
                if hasCamera, !live.hiding, !live.chatOpen { tools }
                hint
                card
                if live.chatOpen { ChatView(model: model, live: live) } else if !live.ending { controls }
            }
        }
        .foregroundColor(.white)
    }

    private var topBar: some View {
        HStack {
            Text(words("live_with", live.agent)).lineLimit(1)
            Spacer()
            Label(live.kept ? "\(words(state.0)) · \(words("state_kept"))" : words(state.0), systemImage: state.1)
        }
        .padding(.horizontal, 12).frame(minHeight: 48).background(Color.black.opacity(0.7))
    }

    private var state: (String, String) {
        if live.broken { return ("connection_reconnecting", "exclamationmark.triangle") }
        if live.paused { return ("paused_title", "pause") }
        return live.sending == nil ? ("not_sharing_title", "eye.slash") : ("state_live", "eye")
    }

    private var curtain: some View {
        VStack(spacing: 12) {
            if live.sending == nil {
                Text(words("not_sharing_title")).font(.title2.bold())
                Text(words("not_sharing_text"))
                Button(words(live.surface == .camera ? "arrive_camera" : "arrive_screen")) { model.handle(.chose(live.surface)) }
                    .buttonStyle(WideButton())
            } else if live.paused {
                Text(words("paused_title")).font(.title2.bold())
                Text(words("paused_text")).multilineTextAlignment(.center)
                Button(words("resume")) { model.handle(.pauseTapped) }.buttonStyle(WideButton())
            } else {
                Text(words("sharing_screen"))
                Text(words("over_iphone", live.agent)).multilineTextAlignment(.center)
                BroadcastButton().frame(width: 56, height: 56).accessibilityLabel(words("arrive_screen"))
                Button(words("arrive_camera")) { model.handle(.chose(.camera)) }.buttonStyle(WideButton())
            }
        }
        .padding(40)
    }

    private var tools: some View {
        HStack {
            Spacer()
            VStack(spacing: 8) {
                ControlButton("zoom", "plus.magnifyingglass", live.zoom > 1, words("zoom_now", String(format: "%.1f", live.zoom))) {
                    model.handle(.zoomed(live.zoom >= 4 ? 1 : live.zoom >= 2 ? 4 : 2))
                }
                ControlButton("freeze", "snowflake", live.frozen, words(live.frozen ? "freeze_off" : "freeze_on")) { model.handle(.freezeTapped) }
                ControlButton("hide", "eye.slash", !live.hidden.isEmpty || live.faces, words("hide_long")) { model.handle(.hideTapped) }
                ControlButton("switch_camera", "arrow.triangle.2.circlepath.camera", live.front, words(live.front ? "switch_rear" : "switch_front")) {
                    model.handle(.switchTapped)
                }
                ControlButton("torch", "flashlight.on.fill", live.torch, words(live.torch ? "torch_off" : "torch_on")) { model.handle(.torchTapped) }
            }
            .frame(width: 64)
        }
        .padding(.horizontal, 8)
    }

    @ViewBuilder private var hint: some View {
        if live.hiding {
            pill("hide_hint")
            HStack {
                // For those who cannot drag over the picture.
                Button(words("hide_middle")) { model.handle(.boxDrawn(Box(left: 0.25, top: 0.25, right: 0.75, bottom: 0.75))) }
                    .buttonStyle(WideButton())
                if !live.hidden.isEmpty { Button(words("hide_clear")) { model.handle(.boxesCleared) }.buttonStyle(WideButton()) }
            }
            .padding(.horizontal, 8)
            Button(words(live.faces ? "faces_show" : "faces_hide")) { model.handle(.facesTapped) }
                .buttonStyle(WideButton(isMain: false)).background(Color.black.opacity(0.7)).padding(.horizontal, 8)
        } else if hasCamera, live.covered {
            pill("faces_looking")
        } else if hasCamera, !live.lost.isEmpty {
            pill("hold_still")
        } else if hasCamera, live.saving != .none {
            pill(live.saving == .heat ? "saving_heat" : "saving_battery")
        }
    }

    private func pill(_ key: String) -> some View {
        Text(words(key)).padding(.horizontal, 16).padding(.vertical, 8).background(Capsule().fill(Color.black.opacity(0.7)))
    }

    @ViewBuilder private var card: some View {
        if live.ending {
            QuestionView(
                model: model, text: words("end_text", live.agent),
                yes: ("end_yes", .endAnswered(yes: true, nowMs: Int(ProcessInfo.processInfo.systemUptime * 1_000))),
                no: ("end_no", .endAnswered(yes: false, nowMs: 0))
            )
        } else if let problem = live.problem {
            QuestionView(model: model, text: words(problem, waitSeconds: 0), yes: ("understood", .problemSeen), no: nil)
        } else if let asked = live.question {
            QuestionView(
                model: model, text: words("ask_\(asked.rawValue)", live.agent),
                yes: ("ask_yes_\(asked.rawValue)", .questionAnswered(yes: true)),
                no: ("ask_no", .questionAnswered(yes: false))
            )
        }
    }

    private var controls: some View {
        HStack(spacing: 8) {
            ControlButton(live.paused ? "resume" : "pause", live.paused ? "play" : "pause", live.paused, nil) { model.handle(.pauseTapped) }
                .disabled(live.sending == nil)
            ControlButton("microphone", live.microphone ? "mic" : "mic.slash", live.microphone, words(live.microphone ? "microphone_off" : "microphone_on")) {
                model.handle(.microphoneTapped)
            }
            ControlButton("chat", "bubble.left", live.unread > 0, live.unread > 0 ? words("chat_unread", "\(live.unread)") : words("chat_open")) {
                model.handle(.chatTapped)
            }
            ControlButton("end", "xmark", false, nil, color: .red) { model.handle(.endTapped) }
        }
        .padding(8)
    }
}

/// Begins and ends the system's own broadcast of the screen.
struct BroadcastButton: UIViewRepresentable {
    func makeUIView(context: Context) -> RPSystemBroadcastPickerView {
        let picker = RPSystemBroadcastPickerView(frame: .zero)
        picker.preferredExtension = Bundle.main.bundleIdentifier.map { "\($0).Broadcast" }
        picker.showsMicrophoneButton = false
        return picker
    }

    func updateUIView(_ view: RPSystemBroadcastPickerView, context: Context) {}
}

/// The picture as it is sent, with the drawings on it and the finger that hides.
struct PictureView: UIViewRepresentable {
    @ObservedObject var model: VisitModel
    let live: Live

    func makeUIView(context: Context) -> CameraView { CameraView(model: model) }

    func updateUIView(_ view: CameraView, context: Context) {
        let core = model.core
        view.overlay.source = { [weak view] in view.flatMap { core?.overlay(at: $0.onScreenUs) } ?? [] }
        view.isHiding = live.hiding
    }
}

final class CameraView: UIView {
    let overlay = OverlayView(frame: .zero)
    var isHiding = false
    private let model: VisitModel
    private var link: CADisplayLink?
    private(set) var onScreenUs: UInt64 = 0
    private var start: CGPoint?

    init(model: VisitModel) {
        self.model = model
        super.init(frame: .zero)
        isAccessibilityElement = true
        accessibilityLabel = words("live_label")
        layer.contentsGravity = .resizeAspectFill
        addSubview(overlay)
        addGestureRecognizer(UIPinchGestureRecognizer(target: self, action: #selector(pinched)))
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { fatalError("made in code") }

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
        let (picture, timeUs) = model.shown.get()
        guard let picture, timeUs != onScreenUs, let surface = CVPixelBufferGetIOSurface(picture)?.takeUnretainedValue() else { return }
        onScreenUs = timeUs
        overlay.frameSize = Extent(width: Double(CVPixelBufferGetWidth(picture)), height: Double(CVPixelBufferGetHeight(picture)))
        layer.contents = surface
    }

    @objc private func pinched(_ pinch: UIPinchGestureRecognizer) {
        guard let live = model.visit.live else { return }
        model.handle(.zoomed(live.zoom * pinch.scale))
        pinch.scale = 1
    }

    override func touchesBegan(_ touches: Set<UITouch>, with event: UIEvent?) { start = isHiding ? touches.first?.location(in: self) : nil }

    override func touchesEnded(_ touches: Set<UITouch>, with event: UIEvent?) {
        guard let start, let end = touches.first?.location(in: self) else { return }
        let view = Extent(width: bounds.width, height: bounds.height)
        func share(_ point: CGPoint) -> Place {
            frameFromScreen(view: view, frame: overlay.frameSize, fit: .cover, at: Place(x: point.x, y: point.y))
        }
        let (a, b) = (share(start), share(end))
        model.handle(.boxDrawn(Box(left: a.x, top: a.y, right: b.x, bottom: b.y)))
    }
}
