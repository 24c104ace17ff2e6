import Foundation

/// What the picture shows.
public enum Surface: String, Sendable, CaseIterable { case camera, screen }

/// How the connection is.
public enum Connection: String, Sendable { case open, mediaConnected = "media_connected", mediaLost = "media_lost", reconnecting }

/// Whether a drawing's place is known. Lost ones are never drawn, uncertain ones are faded.
public enum Status: String, Sendable { case tracking, uncertain, lost, fixed }

/// Why something is saved.
public enum Cause: String, Sendable { case none, heat, battery }

/// What a drawing is.
public enum Kind: Sendable { case arrow, circle, freehand, highlight, text }

/// What somebody is in a session: a customer films and is asked, a technician watches and draws.
public enum Role: String, Sendable { case customer, technician, other }

/// How pictures are encoded.
public enum Codec: Sendable { case vp8, h264 }

/// Who asks; `link` joins.
public struct Invitation: Equatable, Sendable {
    public let agent: String
    public let company: String
    public let link: String
    public let role: Role

    /// Days for which a film of camera and screen is kept; nil when it is not. The person must be told.
    public let filmDays: Int?

    public init(agent: String, company: String, link: String, role: Role = .customer, filmDays: Int? = nil) {
        self.agent = agent
        self.company = company
        self.link = link
        self.role = role
        self.filmDays = filmDays
    }
}

/// A place in a session.
public struct SessionPlace: Equatable, Sendable {
    public let session: String
    public let participant: String
    public let agent: String
    public let company: String
    public let role: Role

    public init(session: String, participant: String, agent: String, company: String, role: Role = .customer) {
        self.session = session
        self.participant = participant
        self.agent = agent
        self.company = company
        self.role = role
    }
}

/// Rare things that happen in a session.
public enum AssistEvent: Equatable, Sendable {
    case consentAsked(Surface)
    /// What is shown is kept with the session from now on, or no longer.
    case kept(Bool)
    case sendingStarted(Surface)
    case sendingStopped(Surface)
    case surfaceRequested(Surface)
    case connectionChanged(Connection)
    case chat(from: String, own: Bool, text: String)
    case drawingAdded(anchor: UInt32)
    case drawingHidden(anchor: UInt32)
    case anchorChanged(anchor: UInt32, status: Status)
    case powerSaving(level: Int, cause: Cause)
    case microphoneOn
    case microphoneOff
    /// So many parts of the picture are hidden, and the agent was told; 255 is the whole of it.
    case hidden(parts: Int)
    /// For a technician: a live picture can be watched, or changed.
    case pictureShown(surface: Surface, paused: Bool, hiddenParts: Int)
    /// For a technician: nobody shows anything at the moment.
    case pictureGone
    case warning(String)
    case eventsLost(count: UInt32)
    case ended(reason: String)
    case failed(AssistFault)
}

/// What went wrong, one case for each thing that an app can do about it.
public enum AssistFault: Error, Equatable, Sendable {
    case badInvitation(String)
    case invalidCode
    case rateLimited(retryAfterSeconds: Int)
    case unreachable(String)
    case notTrusted(server: String)
    case notSightline(String)
    case connectionLost(String)
    case refused(code: String, reason: String)
    case notJoined
    case alreadyJoined
    case busy
    case badFrame(String)
    case mediaFailed(String)
    case internalFault(String)
}

/// What the encoder must do.
public enum EncoderWish: Equatable, Sendable {
    case keyframe
    case bitrate(bps: Int)
    /// At this rate at most, and so that the picture, its shape kept, fits into this size.
    case sizeAndRate(width: Int, height: Int, framesPerSecond: Int)
}

/// One drawing in one frame, in shares of the upright frame.
public struct Drawing: Sendable {
    public let anchor: UInt32
    public let kind: Kind
    /// Index of the author's colour, 0 to 7.
    public let color: Int
    public let status: Status
    /// Width of the stroke as a share of the frame's width.
    public let width: Double
    public let points: [Place]
    public let text: String?

    public init(anchor: UInt32, kind: Kind, color: Int, status: Status, width: Double, points: [Place], text: String?) {
        self.anchor = anchor
        self.kind = kind
        self.color = color
        self.status = status
        self.width = width
        self.points = points
        self.text = text
    }
}

/// A received frame for the decoder: VP8, or an H.264 access unit with start codes. The first one, and
/// the first after a loss, is a keyframe; codec and size change at keyframes only.
public struct Picture: Sendable {
    /// RTP timestamp (90 kHz, wraps) that names the frame everywhere.
    public let frameTime: UInt32
    public let keyframe: Bool
    public let codec: Codec
    public let width: Int
    public let height: Int
    public let data: Data

    public init(frameTime: UInt32, keyframe: Bool, codec: Codec, width: Int, height: Int, data: Data) {
        self.frameTime = frameTime
        self.keyframe = keyframe
        self.codec = codec
        self.width = width
        self.height = height
        self.data = data
    }
}

/// Something that a technician draws. Points in shares of the frame: an arrow's tail and head; a
/// circle's middle and half-axes; a line's points, 1 to 1024; where a text begins.
public struct Stroke: Equatable, Sendable {
    public let kind: Kind
    public let points: [Place]
    /// As a share of the frame's width.
    public let width: Double
    public let text: String?
    /// The frame that was on screen when the finger went down.
    public let frameTime: UInt32?

    public init(kind: Kind, points: [Place], width: Double = 0.006, text: String? = nil, frameTime: UInt32? = nil) {
        self.kind = kind
        self.points = points
        self.width = width
        self.text = text
        self.frameTime = frameTime
    }
}
