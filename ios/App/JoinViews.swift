import AVFoundation
import AssistKit
import SwiftUI

/// The way in: a link, a QR code or six digits.
struct EnterView: View {
    @ObservedObject var model: VisitModel
    let busy: Bool
    @State private var text = ""
    @State private var server = UserDefaults.standard.string(forKey: "server") ?? ""
    @State private var scans = false

    var body: some View {
        VStack(alignment: .leading, spacing: 12) {
            Text(words("join_title")).font(.title.bold())
            Text(words("join_hint")).foregroundColor(.secondary)
            ProblemView(visit: model.visit)
            Spacer()
            Text(words("join_label"))
            TextField("", text: $text)
                .textFieldStyle(.roundedBorder).frame(minHeight: 48)
                .textContentType(.oneTimeCode).autocorrectionDisabled().textInputAutocapitalization(.never)
                .accessibilityLabel(words("join_label"))
            if model.visit.problem == .noServer || model.visit.server != nil {
                Text(words("server_label"))
                TextField("https://", text: $server)
                    .textFieldStyle(.roundedBorder).frame(minHeight: 48)
                    .keyboardType(.URL).autocorrectionDisabled().textInputAutocapitalization(.never)
                    .accessibilityLabel(words("server_label"))
            }
            Button(words(busy ? "loading" : "code_join")) {
                if !server.isEmpty { model.useServer(server) }
                model.handle(.opened(text))
            }
            .buttonStyle(WideButton()).disabled(busy)
            Button(words("scan")) { scans = true }.buttonStyle(WideButton(isMain: false))
        }
        .padding(20)
        .sheet(isPresented: $scans) {
            ScanView { found in
                scans = false
                model.handle(.opened(found))
            }
        }
    }
}

/// Who asks, and for what; nothing is sent before a tap.
struct AskedView: View {
    @ObservedObject var model: VisitModel
    let invitation: Invitation
    let chosen: Surface?
    let busy: Bool

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: 12) {
                ProblemView(visit: model.visit)
                Text(words(watches ? "watch_title" : "arrive_title", invitation.agent)).font(.title.bold())
                if !invitation.company.isEmpty { Text(words("arrive_from", invitation.company)).foregroundColor(.secondary) }
                if watches {
                    list("watch_will", ["watch_will_see", "watch_will_draw"].map { words($0) })
                    list("watch_wont", ["watch_wont_camera", "arrive_wont_sound"].map { words($0) })
                    Button(words(busy ? "loading" : "watch_join")) { model.handle(.joinTapped) }.buttonStyle(WideButton()).disabled(busy)
                } else {
                    list("arrive_will", [words("arrive_will_live")] + film + [words("arrive_will_draw")])
                    list("arrive_wont", ["arrive_wont_photos", "arrive_wont_sound", "arrive_wont_after"].map { words($0) })
                    Text(words("arrive_nothing_yet")).foregroundColor(.secondary).frame(maxWidth: .infinity)
                    button(.camera, "arrive_camera", isMain: true)
                    button(.screen, "arrive_screen", isMain: false)
                }
                if model.visit.problem == .cameraDenied, let settings = URL(string: UIApplication.openSettingsURLString) {
                    Link(words("open_settings"), destination: settings).frame(minHeight: 48)
                }
            }
            .padding(20)
        }
    }

    /// A technician is invited, who watches and is asked for nothing.
    private var watches: Bool { invitation.role == .technician }

    /// That a film is kept, where it is.
    private var film: [String] { invitation.filmDays.map { [words("arrive_will_film", inDays($0))] } ?? [] }

    private func list(_ title: String, _ lines: [String]) -> some View {
        VStack(alignment: .leading, spacing: 4) {
            Text(words(title, invitation.agent)).bold()
            ForEach(lines, id: \.self) { Text("•  \($0)") }
        }
    }

    private func button(_ surface: Surface, _ key: String, isMain: Bool) -> some View {
        Button(words(busy && chosen == surface ? "loading" : key)) { model.handle(.chose(surface)) }
            .buttonStyle(WideButton(isMain: isMain)).disabled(busy)
    }
}

/// What happened.
struct EndView: View {
    @ObservedObject var model: VisitModel
    let receipt: Receipt

    var body: some View {
        VStack(alignment: .leading, spacing: 12) {
            ProblemView(visit: model.visit)
            Text(words("ended_title")).font(.title.bold())
            Text(words(receipt.watched ? "ended_watch" : "ended_text"))
            Text(words("receipt")).bold()
            Text("\(words("receipt_with")): \(receipt.agent)")
            Text("\(words("receipt_duration")): \(receipt.durationMs / 60_000):\(String(format: "%02d", receipt.durationMs / 1_000 % 60))")
            if !receipt.watched || !receipt.shared.isEmpty { Text("\(words("receipt_shared")): \(shared)") }
            Text("\(words("receipt_drawings")): \(receipt.drawings)")
            Spacer()
            Button(words("new_session")) { model.handle(.startOver) }.buttonStyle(WideButton())
        }
        .padding(20)
    }

    private var shared: String {
        let keys: [(Grant, String)] = [(.camera, "details_camera"), (.screen, "details_screen"), (.microphone, "details_sound")]
        let names = keys.filter { receipt.shared.contains($0.0) }.map { words($0.1) }
        return names.isEmpty ? words("receipt_nothing") : names.joined(separator: ", ")
    }
}

struct ProblemView: View {
    let visit: Visit

    var body: some View {
        if let problem = visit.problem {
            Label(words(problem, waitSeconds: visit.waitSeconds), systemImage: "exclamationmark.triangle")
                .foregroundColor(.red)
        }
    }
}

/// As wide as the screen, high enough for a thumb.
struct WideButton: ButtonStyle {
    var isMain = true

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(isMain ? .headline : .body)
            .frame(maxWidth: .infinity, minHeight: isMain ? 56 : 48)
            .background(isMain ? Color.blue : Color.clear)
            .foregroundColor(isMain ? .white : .primary)
            .overlay(RoundedRectangle(cornerRadius: 8).stroke(isMain ? Color.clear : Color.secondary))
            .clipShape(RoundedRectangle(cornerRadius: 8))
            .opacity(configuration.isPressed ? 0.7 : 1)
    }
}

/// Looks for the QR code of an invitation. Nothing that it sees leaves the phone.
struct ScanView: UIViewControllerRepresentable {
    let onFound: (String) -> Void

    func makeUIViewController(context: Context) -> ScanController { ScanController(onFound: onFound) }

    func updateUIViewController(_ controller: ScanController, context: Context) {}
}

final class ScanController: UIViewController, AVCaptureMetadataOutputObjectsDelegate {
    private let capture = AVCaptureSession()
    private let onFound: (String) -> Void

    init(onFound: @escaping (String) -> Void) {
        self.onFound = onFound
        super.init(nibName: nil, bundle: nil)
    }

    @available(*, unavailable)
    required init?(coder: NSCoder) { fatalError("made in code") }

    override func viewDidLoad() {
        super.viewDidLoad()
        let output = AVCaptureMetadataOutput()
        guard let camera = AVCaptureDevice.default(for: .video), let input = try? AVCaptureDeviceInput(device: camera),
            capture.canAddInput(input), capture.canAddOutput(output)
        else { return }
        capture.addInput(input)
        capture.addOutput(output)
        output.setMetadataObjectsDelegate(self, queue: .main)
        output.metadataObjectTypes = [.qr]
        let layer = AVCaptureVideoPreviewLayer(session: capture)
        layer.videoGravity = .resizeAspectFill
        layer.frame = view.bounds
        view.layer.addSublayer(layer)
        DispatchQueue.global().async { self.capture.startRunning() }
    }

    override func viewDidDisappear(_ animated: Bool) {
        super.viewDidDisappear(animated)
        capture.stopRunning()
    }

    func metadataOutput(_ output: AVCaptureMetadataOutput, didOutput objects: [AVMetadataObject], from connection: AVCaptureConnection) {
        let texts = objects.compactMap { ($0 as? AVMetadataMachineReadableCodeObject)?.stringValue }
        guard let found = texts.first(where: { DeepLink.parse($0) != nil }) else { return }
        capture.stopRunning()
        onFound(found)
    }
}
