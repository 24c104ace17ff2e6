import Foundation

/// What a person can allow, each by a tap of its own.
public enum Grant: String, Sendable, CaseIterable { case camera, screen, microphone }

extension Surface {
    /// The grant that a surface needs.
    public var grant: Grant { self == .camera ? .camera : .screen }
}

/// Why the person cannot go on, one case for each sentence that the app shows.
public enum Problem: String, Sendable, CaseIterable {
    case noInvitation = "no_invitation"
    case noServer = "no_server"
    case invalid, rate, unreachable
    case notTrusted = "not_trusted"
    case version, refused, lost, other
    case cameraDenied = "camera_denied"
    case screenDenied = "screen_denied"
    case microphoneDenied = "microphone_denied"
    case cameraFailed = "camera_failed"
    case drawingLost = "drawing_lost"

    /// The sentence for a fault of the core.
    public init(_ fault: AssistFault) {
        switch fault {
        case .badInvitation: self = .noInvitation
        case .invalidCode: self = .invalid
        case .rateLimited: self = .rate
        case .unreachable: self = .unreachable
        case .notTrusted: self = .notTrusted
        case .notSightline: self = .version
        case .connectionLost: self = .lost
        case .refused: self = .refused
        case .mediaFailed: self = .cameraFailed
        case .notJoined, .alreadyJoined, .busy, .badFrame, .internalFault: self = .other
        }
    }

    /// The sentence for a no to the system's question.
    init(denied grant: Grant) {
        switch grant {
        case .camera: self = .cameraDenied
        case .screen: self = .screenDenied
        case .microphone: self = .microphoneDenied
        }
    }
}

/// What became of an own line.
public enum Delivery: String, Sendable { case waiting, there, failed }

/// One line of the chat.
public struct ChatLine: Equatable, Sendable {
    public var from: String
    public var own: Bool
    public var text: String
    public var state: Delivery
    public var id = 0
}

/// A rectangle that nobody may see, in shares of the upright frame.
public struct Box: Equatable, Sendable {
    public var left: Double
    public var top: Double
    public var right: Double
    public var bottom: Double

    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }
}

/// What a technician's finger does to the picture.
public enum Tool: String, Sendable, CaseIterable { case pointer, arrow, circle, freehand }

/// What a technician watches and draws with.
public struct Watch: Equatable, Sendable {
    /// What the customer shows; nil while nothing is shown.
    public var surface: Surface?
    /// The customer holds the picture back.
    public var paused = false
    /// How many parts the customer hides; 255 is the whole picture.
    public var hiddenParts = 0
    /// The picture stands, to be drawn on calmly.
    public var frozen = false
    public var tool = Tool.pointer
    /// Own drawings that can be taken back.
    public var strokes = 0
    /// The customer was asked for a picture and has not answered yet.
    public var asked = false

    /// True while there is something to draw on.
    public var shows: Bool { surface != nil && !paused }
}

/// What is shown and sent while the session lasts.
public struct Live: Equatable, Sendable {
    public var agent: String
    public var company: String
    public var surface: Surface
    /// The surface for which the person said yes and the server agreed; nil while nothing is sent.
    public var sending: Surface?
    public var connection = Connection.open
    /// Days for which the person was told that a film is kept; nil when nothing was said.
    public var filmDays: Int?
    /// What is shown is kept with the session.
    public var kept = false
    /// Pictures flowed, and do not any more.
    public var broken = false
    public var paused = false
    public var frozen = false
    public var torch = false
    public var zoom = 1.0
    /// The camera that looks at the person is the one that is shown.
    public var front = false
    /// The person said yes to the microphone.
    public var microphone = false
    public var saving = Cause.none
    /// The agent asks for this surface; the person has not answered.
    public var question: Surface?
    public var ending = false
    public var chatOpen = false
    public var chat: [ChatLine] = []
    public var unread = 0
    /// True while a finger draws what to hide.
    public var hiding = false
    /// What is hidden on each surface that was shown; stays when another one is shown.
    public var hiddenOn: [Surface: [Box]] = [:]
    /// Faces in the camera's picture are found and hidden by the phone.
    public var faces = false
    /// The whole picture is held back, because the faces in it are not known yet.
    public var covered = false
    /// Anchors of drawings whose place is not known now.
    public var lost: Set<UInt32> = []
    public var problem: Problem?
    /// What a technician watches; nil for a customer.
    public var watch: Watch?

    /// What is hidden on the surface of now.
    public var hidden: [Box] { hiddenOn[surface] ?? [] }

    init(agent: String, company: String, surface: Surface) {
        self.agent = agent
        self.company = company
        self.surface = surface
    }

    /// Nothing is taken any more. What was hidden stays hidden, and a pause goes on.
    mutating func stop() {
        sending = nil
        kept = false
        torch = false
        zoom = 1
        frozen = false
        covered = false
        lost = []
    }
}

/// What happened, told at the end.
public struct Receipt: Equatable, Sendable {
    public let agent: String
    public let shared: Set<Grant>
    public let drawings: Int
    public let durationMs: Int
    /// It was a technician's visit.
    public let watched: Bool
}

/// What the person sees.
public enum Screen: Equatable, Sendable {
    /// The invitation is still to come.
    case enter(busy: Bool)
    /// Who asks, and for what; `chosen` is set once the person has tapped.
    case asked(Invitation, chosen: Surface?, busy: Bool)
    case session(Live)
    case end(Receipt)
}

/// Everything that the screens show, and what must be remembered for the receipt.
public struct Visit: Equatable, Sendable {
    public var screen = Screen.enter(busy: false)
    public var problem: Problem?
    /// Seconds to wait, with `Problem.rate`.
    public var waitSeconds = 0
    /// Address of the server for codes; from the app's settings.
    public var server: String?
    public var allowed: Set<Grant> = []
    public var shared: Set<Grant> = []
    public var drawings = 0
    public var startedMs = 0
    public var chatId = 0

    public init(server: String? = nil) {
        self.server = server
    }

    public var live: Live? {
        if case .session(let live) = screen { return live }
        return nil
    }
}
