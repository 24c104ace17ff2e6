import AVFoundation
import AssistBroadcast
import AssistCore
import AssistKit
import AssistPlatform
import SwiftUI
import UIKit

/// The visit for the screens, and what the phone does for it.
@MainActor
final class VisitModel: ObservableObject {
    @Published private(set) var visit = Visit()
    /// The camera that is on, for the view.
    @Published private(set) var camera: CameraFeed?
    /// True while the system's own sheet for sharing the screen must be shown.
    @Published var asksForScreen = false

    /// The picture on screen with its capture time; set on the camera's queue, read by the view.
    let shown = ShownPicture()

    private var runner: VisitRunner!
    private var voice: Voice?
    private var broadcast: BroadcastListener?
    private var power: Timer?

    init() {
        runner = VisitRunner(
            server: UserDefaults.standard.string(forKey: "server"),
            nowMs: { Int(ProcessInfo.processInfo.systemUptime * 1_000) },
            look: { try await CoreSession.lookUp($0, server: $1) },
            makeCore: { [weak self] tell in
                try CoreSession(onEvent: tell, onEncoder: { wish in
                    Task { @MainActor in self?.camera?.handle(wish) }
                })
            },
            phone: { [weak self] effect, core in self?.perform(effect, core as? CoreSession) }
        )
        runner.onVisit = { [weak self] in self?.visit = $0 }
    }

    func handle(_ input: Input) { runner.handle(input) }

    var core: CoreSession? { runner.core as? CoreSession }

    func useServer(_ address: String) {
        let whole = address.contains("://") ? address : "https://\(address)"
        UserDefaults.standard.set(whole, forKey: "server")
        runner.useServer(whole)
    }

    private func perform(_ effect: Effect, _ core: CoreSession?) {
        switch effect {
        case .askSystem(let grant): ask(grant)
        case .capture(let surface): capture(surface, core)
        case .freeze(let on): camera?.setFrozen(on)
        case .torch(let on): camera?.setTorch(on)
        case .zoom(let ratio): camera?.setZoom(ratio)
        case .listen(let on): listen(on, core)
        case .hide(let boxes): hide(boxes, core)
        case .announce(let phrase, let name, let text):
            UIAccessibility.post(notification: .announcement, argument: words(phrase, name: name, text: text))
        default: break
        }
    }

    private func ask(_ grant: Grant) {
        switch grant {
        case .camera:
            AVCaptureDevice.requestAccess(for: .video) { yes in Task { @MainActor in self.handle(.systemAnswered(.camera, yes: yes)) } }
        case .microphone:
            AVAudioSession.sharedInstance().requestRecordPermission { yes in
                Task { @MainActor in self.handle(.systemAnswered(.microphone, yes: yes)) }
            }
        case .screen:
            // The system asks again, in its own sheet, when the broadcast begins.
            asksForScreen = true
            handle(.systemAnswered(.screen, yes: true))
        }
    }

    private func capture(_ surface: Surface?, _ core: CoreSession?) {
        camera?.close()
        camera = nil
        broadcast?.close()
        broadcast = nil
        power?.invalidate()
        guard let core, let surface else { return }
        power = Timer.scheduledTimer(withTimeInterval: 5, repeats: true) { _ in Task { @MainActor in self.tellPower(core) } }
        do {
            switch surface {
            case .camera:
                let shown = shown
                let feed = CameraFeed(core: core, bitrateBps: 2_500_000) { shown.set($0, $1) }
                try feed.open()
                camera = feed
            case .screen:
                broadcast = try BroadcastListener { message in
                    if message.kind == .stopped {
                        Task { @MainActor in self.handle(.captureStopped) }
                    } else {
                        try? core.pushEncodedVideo(
                            timeUs: message.timeUs, keyframe: message.kind == .keyframe,
                            width: Int(message.width), height: Int(message.height), data: message.data
                        )
                    }
                }
            }
        } catch {
            handle(.captureFailed)
        }
    }

    private func hide(_ boxes: [Box], _ core: CoreSession?) {
        guard let core, let version = try? core.hide(boxes) else { return }
        if let camera {
            camera.applyHidden(version)
        } else {
            // No picture was taken yet: every one that comes asks the core what to paint over.
            core.hidingApplied(version, fromTimeUs: 0)
        }
    }

    private func listen(_ on: Bool, _ core: CoreSession?) {
        voice?.close()
        voice = nil
        guard on, let core else { return }
        do {
            voice = try Voice(core: core)
        } catch {
            handle(.soundFailed)
        }
    }

    private func tellPower(_ core: CoreSession) {
        let device = UIDevice.current
        device.isBatteryMonitoringEnabled = true
        let percent = device.batteryLevel >= 0 ? Int(device.batteryLevel * 100) : nil
        let charging = device.batteryState == .charging || device.batteryState == .full
        core.setPower(thermal: ProcessInfo.processInfo.thermalState, batteryPercent: percent, charging: charging)
    }
}

/// The newest picture, between the camera's queue and the view.
final class ShownPicture: @unchecked Sendable {
    private let lock = NSLock()
    private var picture: CVPixelBuffer?
    private var timeUs: UInt64 = 0

    func set(_ picture: CVPixelBuffer, _ timeUs: UInt64) {
        lock.lock()
        defer { lock.unlock() }
        self.picture = picture
        self.timeUs = timeUs
    }

    func get() -> (picture: CVPixelBuffer?, timeUs: UInt64) {
        lock.lock()
        defer { lock.unlock() }
        return (picture, timeUs)
    }
}
