import AssistKit
import Foundation

// The generated bindings are compiled into this module; nothing of them is public to the app.

/// One device's part in one session: hides the generated code. Frames come from the camera's and the
/// encoder's queues, everything rare goes to `onEvent` and `onEncoder`, on a thread of the library.
public final class CoreSession: SessionCore, @unchecked Sendable {
    private let core: AssistSession

    public init(
        onEvent: @escaping @Sendable (AssistEvent) -> Void,
        onEncoder: @escaping @Sendable (EncoderWish) -> Void
    ) throws {
        core = try translating { try AssistSession(observer: Ear(onEvent: onEvent, onEncoder: onEncoder)) }
    }

    /// Who asks, and for what. Uses up a code; join with the link of the answer.
    public static func lookUp(_ invitation: String, server: String?) async throws -> AssistKit.Invitation {
        let session = try CoreSession(onEvent: { _ in }, onEncoder: { _ in })
        let found = try await translating {
            try await session.core.lookUp(invitation: invitation, server: server, insecure: false)
        }
        return AssistKit.Invitation(
            agent: found.agent, company: found.company, link: found.link, role: Role(found.role),
            filmDays: found.filmDays.map(Int.init)
        )
    }

    public func join(link: String, surface: Surface) async throws -> SessionPlace {
        let config = JoinConfig(
            invitation: link, server: nil, name: "", surface: surface.core, codec: .h264,
            maxBitrateBps: 2_500_000, insecure: false
        )
        let place = try await translating { try await core.join(config: config) }
        return SessionPlace(
            session: place.session, participant: place.participant, agent: place.agent, company: place.company,
            role: Role(place.role)
        )
    }

    public func setConsent(_ granted: Bool, filmDays: Int?) throws {
        try translating { try core.setConsent(granted: granted, filmDays: filmDays.flatMap(UInt16.init(exactly:))) }
    }

    public func setPaused(_ paused: Bool) throws { try translating { try core.setPaused(paused: paused) } }

    public func showSurface(_ surface: Surface) throws {
        try translating { try core.showSurface(surface: surface.core, codec: .h264) }
    }

    public func setMicrophone(_ granted: Bool) throws { try translating { try core.setMicrophone(granted: granted) } }

    public func sendChat(_ text: String) async throws { try await translating { try await core.sendChat(text: text) } }

    public func leave() async throws { try await translating { try await core.leave() } }

    /// Hides these rectangles; no frame leaves until `hidingApplied` is told with the number this gives.
    public func hide(_ boxes: [Box]) throws -> UInt32 {
        try translating {
            try core.hide(parts: boxes.map {
                HiddenRegion(left: Float($0.left), top: Float($0.top), width: Float($0.right - $0.left), height: Float($0.bottom - $0.top))
            })
        }
    }

    /// Frames captured at `fromTimeUs` or later have the rectangles of this wish painted over.
    public func hidingApplied(_ version: UInt32, fromTimeUs: UInt64) {
        core.hidingApplied(version: version, fromTimeUs: fromTimeUs)
    }

    /// What must be painted over in a buffer of this size before it is encoded: x, y, width, height.
    public func hiddenPixels(timeUs: UInt64, width: Int, height: Int) -> [(x: Int, y: Int, width: Int, height: Int)] {
        core.hiddenPixels(timeUs: timeUs, width: UInt32(width), height: UInt32(height), turn: .none)
            .map { (Int($0.x), Int($0.y), Int($0.width), Int($0.height)) }
    }

    /// True when a detector has a say: until its first word, and half a second after its last, no frame leaves.
    public func setPrivateDetector(_ on: Bool) { core.setPrivateDetector(on: on) }

    /// What the detector found on the frame of this time; nil when it failed.
    public func privateFound(timeUs: UInt64, found: [Box]?) {
        let parts = found?.map {
            HiddenRegion(left: Float($0.left), top: Float($0.top), width: Float($0.right - $0.left), height: Float($0.bottom - $0.top))
        }
        // A part that is none counts as a detector that cannot tell: the core hides everything.
        try? core.privateFound(timeUs: timeUs, found: parts)
    }

    /// The platform's heat and charge; on each change and every few seconds.
    public func setPower(thermal: ProcessInfo.ThermalState, batteryPercent: Int?, charging: Bool) {
        let state: ThermalState
        switch thermal {
        case .nominal: state = .nominal
        case .fair: state = .fair
        case .serious: state = .serious
        case .critical: state = .critical
        @unknown default: state = .serious
        }
        core.setPower(thermal: state, batteryPercent: batteryPercent.map { UInt8(clamping: $0) }, charging: charging)
    }

    /// One encoded upright frame (annex B), captured at this time of the clock of the luma planes.
    public func pushEncodedVideo(timeUs: UInt64, keyframe: Bool, width: Int, height: Int, data: Data) throws {
        _ = try translating {
            try core.pushEncodedVideo(timeUs: timeUs, keyframe: keyframe, width: UInt32(width), height: UInt32(height), data: data)
        }
    }

    /// The brightness of the same frame, upright.
    public func pushLuma(timeUs: UInt64, width: Int, height: Int, stride: Int, data: Data) throws {
        _ = try translating {
            try core.pushLuma(timeUs: timeUs, width: UInt32(width), height: UInt32(height), stride: UInt32(stride), turn: .none, data: data)
        }
    }

    /// One Opus packet whose first sample was heard at this time.
    public func pushAudio(timeUs: UInt64, packet: Data) throws {
        _ = try translating { try core.pushAudio(timeUs: timeUs, data: packet) }
    }

    /// The next Opus packet of somebody else, out of a buffer that evens 60 to 120 ms; for the thread
    /// that plays. So many packets are lost before it: conceal them.
    public func nextAudio(waitMs: UInt32) -> (speaker: String, packet: Data, lost: Int)? {
        core.nextAudio(waitMs: waitMs).map { ($0.speaker, $0.data, Int($0.lost)) }
    }

    /// The next frame of the customer's picture; for a technician's thread that decodes.
    public func nextVideo(waitMs: UInt32) -> Picture? {
        core.nextVideo(waitMs: waitMs).map(Picture.init)
    }

    /// The decoder failed or is a new one: the next picture is a keyframe.
    public func requestKeyframe() { core.requestKeyframe() }

    /// What to draw over a received frame, moved to exactly this frame.
    public func overlay(on frameTime: UInt32) -> [Drawing] {
        core.overlayOn(frameTime: frameTime).items.map(Drawing.init)
    }

    /// Draws on the customer's picture; the number of its anchor, once the server has it.
    public func draw(_ stroke: AssistKit.Stroke) async throws -> UInt32 {
        let wanted = Stroke(
            kind: stroke.kind.core, points: stroke.points.flatMap { [Float($0.x), Float($0.y)] },
            width: Float(stroke.width), text: stroke.text, frameTime: stroke.frameTime
        )
        return try await translating { try await core.draw(stroke: wanted) }
    }

    /// Takes the own last drawing back.
    public func undo() async throws { try await translating { try await core.undo() } }

    /// Brings it back.
    public func redo() async throws { try await translating { try await core.redo() } }

    /// Hides every drawing on the picture.
    public func clear() async throws { try await translating { try await core.clear() } }

    /// Keeps a frame known while somebody draws on it or has stopped the picture there; at most 4.
    public func holdFrame(_ frameTime: UInt32, hold: Bool) throws {
        try translating { try core.holdFrame(frameTime: frameTime, hold: hold) }
    }

    /// Shows a live pointer to the others, at most 30 times a second.
    public func point(x: Double, y: Double, visible: Bool, frameTime: UInt32?) throws {
        try translating { try core.point(x: Float(x), y: Float(y), visible: visible, frameTime: frameTime) }
    }

    /// Asks the customer for a surface.
    public func requestSurface(_ surface: Surface) throws {
        try translating { try core.requestSurface(surface: surface.core) }
    }

    /// What to draw over the frame of this moment.
    public func overlay(at timeUs: UInt64) -> [Drawing] {
        core.overlayAt(timeUs: timeUs).items.map(Drawing.init)
    }
}

private final class Ear: SessionObserver, @unchecked Sendable {
    private let event: @Sendable (AssistEvent) -> Void
    private let encoder: @Sendable (EncoderWish) -> Void

    init(onEvent: @escaping @Sendable (AssistEvent) -> Void, onEncoder: @escaping @Sendable (EncoderWish) -> Void) {
        event = onEvent
        encoder = onEncoder
    }

    func onEvent(event: SessionEvent) { self.event(AssistEvent(event)) }

    func onEncoder(request: EncoderRequest) { encoder(EncoderWish(request)) }
}
