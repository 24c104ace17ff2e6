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

/// Who asks; `link` joins.
public struct Invitation: Equatable, Sendable {
    public let agent: String
    public let company: String
    public let link: String

    public init(agent: String, company: String, link: String) {
        self.agent = agent
        self.company = company
        self.link = link
    }
}

/// A place in a session.
public struct SessionPlace: Equatable, Sendable {
    public let session: String
    public let participant: String
    public let agent: String
    public let company: String

    public init(session: String, participant: String, agent: String, company: String) {
        self.session = session
        self.participant = participant
        self.agent = agent
        self.company = company
    }
}

/// Rare things that happen in a session.
public enum AssistEvent: Equatable, Sendable {
    case consentAsked(Surface)
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
