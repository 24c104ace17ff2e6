import AssistKit
import AssistPlatform
import CoreImage
import ReplayKit
import SwiftUI

/// The session: the camera with what the agent draws on it, and everything that can be done.
struct LiveView: View {
    @ObservedObject var model: VisitModel
    let live: Live
    @State private var message = ""

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
                if live.chatOpen { chat } else if !live.ending { controls }
            }
        }
        .foregroundColor(.white)
    }

    private var topBar: some View {
        HStack {
            Text(words("live_with", live.agent)).lineLimit(1)
            Spacer()
            Label(words(state.0), systemImage: state.1)
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
                control("zoom", "plus.magnifyingglass", live.zoom > 1, words("zoom_now", String(format: "%.1f", live.zoom))) {
                    model.handle(.zoomed(live.zoom >= 4 ? 1 : live.zoom >= 2 ? 4 : 2))
                }
                control("freeze", "snowflake", live.frozen, words(live.frozen ? "freeze_off" : "freeze_on")) { model.handle(.freezeTapped) }
                control("hide", "eye.slash", !live.hidden.isEmpty, words("hide_long")) { model.handle(.hideTapped) }
                control("torch", "flashlight.on.fill", live.torch, words(live.torch ? "torch_off" : "torch_on")) { model.handle(.torchTapped) }
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
            question(words("end_text", live.agent), ("end_yes", .endAnswered(yes: true, nowMs: Int(ProcessInfo.processInfo.systemUptime * 1_000))), ("end_no", .endAnswered(yes: false, nowMs: 0)))
        } else if let problem = live.problem {
            question(words(problem, waitSeconds: 0), ("understood", .problemSeen), nil)
        } else if let asked = live.question {
            question(
                words("ask_\(asked.rawValue)", live.agent), ("ask_yes_\(asked.rawValue)", .questionAnswered(yes: true)),
                ("ask_no", .questionAnswered(yes: false))
            )
        }
    }

    private func question(_ text: String, _ yes: (String, Input), _ no: (String, Input)?) -> some View {
        VStack(spacing: 8) {
            Text(text).frame(maxWidth: .infinity, alignment: .leading)
            Button(words(yes.0)) { model.handle(yes.1) }.buttonStyle(WideButton())
            if let no { Button(words(no.0)) { model.handle(no.1) }.buttonStyle(WideButton(isMain: false)) }
        }
        .foregroundColor(.primary).padding(16).background(RoundedRectangle(cornerRadius: 8).fill(Color(.systemBackground)))
        .padding(.horizontal, 12)
    }

    private var controls: some View {
        HStack(spacing: 8) {
            control(live.paused ? "resume" : "pause", live.paused ? "play" : "pause", live.paused, nil) { model.handle(.pauseTapped) }
                .disabled(live.sending == nil)
            control("microphone", live.microphone ? "mic" : "mic.slash", live.microphone, words(live.microphone ? "microphone_off" : "microphone_on")) {
                model.handle(.microphoneTapped)
            }
            control("chat", "bubble.left", live.unread > 0, live.unread > 0 ? words("chat_unread", "\(live.unread)") : words("chat_open")) {
                model.handle(.chatTapped)
            }
            control("end", "xmark", false, nil, color: .red) { model.handle(.endTapped) }
        }
        .padding(8)
    }

    private func control(
        _ key: String, _ icon: String, _ isOn: Bool, _ name: String?, color: Color = .black.opacity(0.7), _ action: @escaping () -> Void
    ) -> some View {
        Button(action: action) {
            VStack(spacing: 2) {
                Image(systemName: icon)
                Text(words(key)).font(.caption).lineLimit(1).minimumScaleFactor(0.7)
            }
            .frame(maxWidth: .infinity, minHeight: 56)
            .background(RoundedRectangle(cornerRadius: 8).fill(isOn ? Color.blue : color))
        }
        .accessibilityLabel(name ?? words(key))
        .accessibilityAddTraits(isOn ? .isSelected : [])
    }

    private var chat: some View {
        VStack {
            HStack {
                Text(words("chat_title")).bold()
                Spacer()
                Button { model.handle(.chatTapped) } label: { Image(systemName: "xmark").frame(width: 48, height: 48) }
                    .accessibilityLabel(words("chat_hide"))
            }
            ScrollView {
                if live.chat.isEmpty { Text(words("chat_empty")) }
                ForEach(Array(live.chat.enumerated()), id: \.offset) { _, line in
                    let said = line.own ? line.text : words("said", line.from, line.text)
                    Text(line.own && line.state != .there ? "\(said)\n\(words("chat_not_sent"))" : said)
                        .padding(8).background(RoundedRectangle(cornerRadius: 8).fill(line.own ? Color.blue : Color.gray.opacity(0.3)))
                        .frame(maxWidth: .infinity, alignment: line.own ? .trailing : .leading)
                }
            }
            HStack {
                TextField(words("chat_label"), text: $message).textFieldStyle(.roundedBorder).frame(minHeight: 48)
                Button {
                    model.handle(.chatWritten(message))
                    message = ""
                } label: { Image(systemName: "paperplane").frame(width: 48, height: 48) }
                    .accessibilityLabel(words("chat_send"))
            }
        }
        .foregroundColor(.primary).padding(12).frame(height: 320).background(Color(.systemBackground))
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
        view.overlay.core = model.core
        view.isHiding = live.hiding
    }
}

final class CameraView: UIView {
    let overlay = OverlayView(frame: .zero)
    var isHiding = false
    private let model: VisitModel
    private var link: CADisplayLink?
    private var onScreenUs: UInt64 = 0
    private var start: CGPoint?

    init(model: VisitModel) {
        self.model = model
        super.init(frame: .zero)
        isAccessibilityElement = true
        accessibilityLabel = words("live_label")
        layer.contentsGravity = .resizeAspectFill
        addSubview(overlay)
        overlay.shownTimeUs = { [weak self] in self?.onScreenUs ?? 0 }
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
        let map = Homography.screenFromFrame(
            view: Extent(width: bounds.width, height: bounds.height), frame: overlay.frameSize, fit: .cover
        )
        guard let first = map.apply(Place(x: 0, y: 0)), let last = map.apply(Place(x: 1, y: 1)) else { return }
        func share(_ point: CGPoint) -> Place {
            Place(x: (point.x - first.x) / (last.x - first.x), y: (point.y - first.y) / (last.y - first.y))
        }
        let (a, b) = (share(start), share(end))
        model.handle(.boxDrawn(Box(left: a.x, top: a.y, right: b.x, bottom: b.y)))
    }
}
