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

    /// The received picture with its frame time; set by the decoder, read by the view.
    let watched = ShownPicture()
    /// A technician's frame that is on screen.
    var frameTime: UInt32?
    /// The received picture is one that this phone cannot decode.
    @Published private(set) var cannotShow = false

    private var decoder: VideoDecoder?
    private var held: UInt32?
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
        case .freeze(let on):
            if visit.live?.watch != nil { freeze(on) } else { camera?.setFrozen(on) }
        case .lens(let front): lens(front, core)
        case .faces(let on):
            // First the core's promise, then the detector that keeps it.
            core?.setPrivateDetector(on)
            camera?.setFaces(on)
        case .watching(let on): watch(on ? core : nil)
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
                camera = try openCamera(core, front: visit.live?.front == true)
            case .screen:
                broadcast = try BroadcastListener { message in
                    let (width, height) = (Int(message.width), Int(message.height))
                    switch message.kind {
                    case .stopped:
                        Task { @MainActor in self.handle(.captureStopped) }
                    case .luma:
                        try? core.pushLuma(timeUs: message.timeUs, width: width, height: height, stride: width, data: message.data)
                    case .frame, .keyframe:
                        try? core.pushEncodedVideo(
                            timeUs: message.timeUs, keyframe: message.kind == .keyframe, width: width, height: height, data: message.data
                        )
                    }
                }
            }
        } catch {
            handle(.captureFailed)
        }
    }

    private func openCamera(_ core: CoreSession, front: Bool) throws -> CameraFeed {
        let shown = shown
        let feed = CameraFeed(core: core, bitrateBps: 2_500_000) { shown.set($0, $1) }
        if visit.live?.faces == true { feed.setFaces(true) }
        try feed.open(front: front)
        return feed
    }

    private func lens(_ front: Bool, _ core: CoreSession?) {
        guard let core, let old = camera else { return }
        old.close()
        do {
            camera = try openCamera(core, front: front)
        } catch {
            camera = nil
            handle(.captureFailed)
        }
    }

    private func watch(_ core: CoreSession?) {
        decoder?.close()
        decoder = nil
        frameTime = nil
        held = nil
        cannotShow = false
        guard let core else { return }
        let watched = watched
        decoder = VideoDecoder(
            core: core,
            onPicture: { [weak self] picture, frameTime in
                watched.set(picture, UInt64(frameTime))
                Task { @MainActor in if self?.cannotShow == true { self?.cannotShow = false } }
            },
            onUnknown: { [weak self] in Task { @MainActor in self?.cannotShow = true } }
        )
    }

    /// The picture stands, or goes on. The tracker keeps that frame meanwhile.
    private func freeze(_ on: Bool) {
        let wanted = on ? frameTime : nil
        if let held, held != wanted { try? core?.holdFrame(held, hold: false) }
        if let wanted, held != wanted { try? core?.holdFrame(wanted, hold: true) }
        held = wanted
    }

    /// A finger draws on this frame, or gave up; a picture that stands is kept anyway.
    func hold(_ frame: UInt32?, _ on: Bool) {
        guard held == nil, let frame else { return }
        try? core?.holdFrame(frame, hold: on)
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
