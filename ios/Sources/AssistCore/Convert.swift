import AssistKit
import Foundation

/// Runs a call of the library and gives its errors the names of the app.
func translating<Value>(_ call: () throws -> Value) throws -> Value {
    do {
        return try call()
    } catch let error as AssistError {
        throw AssistFault(error)
    }
}

func translating<Value>(_ call: () async throws -> Value) async throws -> Value {
    do {
        return try await call()
    } catch let error as AssistError {
        throw AssistFault(error)
    }
}

extension AssistFault {
    init(_ error: AssistError) {
        switch error {
        case .BadInvitation(let reason): self = .badInvitation(reason)
        case .InvalidCode: self = .invalidCode
        case .RateLimited(let seconds): self = .rateLimited(retryAfterSeconds: Int(seconds))
        case .Unreachable(let reason): self = .unreachable(reason)
        case .NotTrusted(let server): self = .notTrusted(server: server)
        case .NotSightline(let reason): self = .notSightline(reason)
        case .ConnectionLost(let reason): self = .connectionLost(reason)
        case .Refused(let code, let reason): self = .refused(code: code, reason: reason)
        case .NotJoined: self = .notJoined
        case .AlreadyJoined: self = .alreadyJoined
        case .Busy: self = .busy
        case .BadFrame(let reason): self = .badFrame(reason)
        case .MediaFailed(let reason): self = .mediaFailed(reason)
        case .Internal(let reason): self = .internalFault(reason)
        }
    }
}

extension Surface {
    var core: SurfaceType { self == .camera ? .camera : .screen }

    init(_ surface: SurfaceType) {
        switch surface {
        case .camera: self = .camera
        case .screen: self = .screen
        }
    }
}

extension Role {
    init(_ role: ParticipantRole) {
        switch role {
        case .customer: self = .customer
        case .technician: self = .technician
        case .other: self = .other
        }
    }
}

extension Picture {
    init(_ frame: ReceivedVideo) {
        let codec: Codec
        switch frame.codec {
        case .vp8: codec = .vp8
        case .h264: codec = .h264
        }
        self.init(
            frameTime: frame.frameTime, keyframe: frame.keyframe, codec: codec,
            width: Int(frame.width), height: Int(frame.height), data: frame.data
        )
    }
}

extension Status {
    init(_ status: OverlayStatus) {
        switch status {
        case .tracking: self = .tracking
        case .uncertain: self = .uncertain
        case .lost: self = .lost
        case .fixed: self = .fixed
        }
    }
}

extension EncoderWish {
    init(_ request: EncoderRequest) {
        switch request {
        case .keyframe: self = .keyframe
        case .bitrate(let bps): self = .bitrate(bps: Int(bps))
        case .sizeAndRate(let width, let height, let rate):
            self = .sizeAndRate(width: Int(width), height: Int(height), framesPerSecond: Int(rate))
        }
    }
}

extension AssistEvent {
    init(_ event: SessionEvent) {
        switch event {
        // The days were told on the way in, and are told again with the answer.
        case .consentAsked(let surface, _): self = .consentAsked(Surface(surface))
        case .kept(let kept): self = .kept(kept)
        case .sendingStarted(let surface): self = .sendingStarted(Surface(surface))
        case .sendingStopped(let surface): self = .sendingStopped(Surface(surface))
        case .surfaceRequested(let surface): self = .surfaceRequested(Surface(surface))
        case .pictureShown(let surface, let paused, let parts):
            self = .pictureShown(surface: Surface(surface), paused: paused, hiddenParts: Int(parts))
        case .pictureGone: self = .pictureGone
        case .connection(let state): self = .connectionChanged(Connection(state))
        case .chat(let from, let own, let text): self = .chat(from: from, own: own, text: text)
        case .annotationAdded(let anchor): self = .drawingAdded(anchor: anchor)
        case .annotationHidden(let anchor): self = .drawingHidden(anchor: anchor)
        case .anchorChanged(let anchor, let status, _): self = .anchorChanged(anchor: anchor, status: Status(status))
        case .powerSaving(let level, let cause): self = .powerSaving(level: Int(level), cause: Cause(cause))
        case .microphoneOn: self = .microphoneOn
        case .microphoneOff: self = .microphoneOff
        case .hidden(let parts): self = .hidden(parts: Int(parts))
        case .warning(let message): self = .warning(message)
        case .eventsLost(let count): self = .eventsLost(count: count)
        case .ended(let reason): self = .ended(reason: reason)
        case .failed(let error): self = .failed(AssistFault(error))
        }
    }
}

extension Connection {
    init(_ state: ConnectionState) {
        switch state {
        case .open: self = .open
        case .mediaConnected: self = .mediaConnected
        case .mediaLost: self = .mediaLost
        case .reconnecting: self = .reconnecting
        }
    }
}

extension Cause {
    init(_ cause: SavingCause) {
        switch cause {
        case .none: self = .none
        case .heat: self = .heat
        case .battery: self = .battery
        }
    }
}

extension Kind {
    var core: OverlayKind {
        switch self {
        case .arrow: return .arrow
        case .circle: return .circle
        case .freehand: return .freehand
        case .highlight: return .highlight
        case .text: return .text
        }
    }

    init(_ kind: OverlayKind) {
        switch kind {
        case .arrow: self = .arrow
        case .circle: self = .circle
        case .freehand: self = .freehand
        case .highlight: self = .highlight
        case .text: self = .text
        }
    }
}

extension Drawing {
    init(_ item: OverlayItem) {
        let places = stride(from: 0, to: item.points.count - 1, by: 2).map {
            Place(x: Double(item.points[$0]), y: Double(item.points[$0 + 1]))
        }
        self.init(
            anchor: item.anchor, kind: Kind(item.kind), color: Int(item.color), status: Status(item.status),
            width: Double(item.width), points: places, text: item.text
        )
    }
}
