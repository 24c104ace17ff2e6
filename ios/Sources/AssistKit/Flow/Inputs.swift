import Foundation

/// Everything that can happen to a visit.
public enum Input: Equatable, Sendable {
    /// A link was tapped, or a link, a code or the content of a QR code was entered.
    case opened(String)
    case lookedUp(Invitation)
    case failed(AssistFault)
    case chose(Surface)
    /// The answer to `Effect.askSystem`.
    case systemAnswered(Grant, yes: Bool)
    case joined(SessionPlace, nowMs: Int)
    case happened(AssistEvent, nowMs: Int)
    case captureFailed
    case soundFailed
    /// The person stopped the screen's sharing outside of the app.
    case captureStopped
    case pauseTapped
    case freezeTapped
    case torchTapped
    case zoomed(Double)
    case microphoneTapped
    case chatTapped
    case chatWritten(String)
    case chatAnswered(id: Int, delivered: Bool)
    case hideTapped
    case boxDrawn(Box)
    case boxesCleared
    case questionAnswered(yes: Bool)
    case endTapped
    case endAnswered(yes: Bool, nowMs: Int)
    case problemSeen
    case startOver
}

/// What the app must do.
public enum Effect: Equatable, Sendable {
    case lookUp(invitation: String, server: String?)
    case askSystem(Grant)
    case join(link: String, surface: Surface)
    case consent(Bool)
    /// Take pictures of this surface, and of nothing with nil.
    case capture(Surface?)
    case switchTo(Surface)
    case pause(Bool)
    case freeze(Bool)
    case torch(Bool)
    case zoom(Double)
    /// The person's word on the microphone, for the core.
    case voice(Bool)
    /// Take sound, or stop to.
    case listen(Bool)
    case sendChat(id: Int, text: String)
    /// Exactly these rectangles are hidden on the surface of now; comes before its `capture`.
    case hide([Box])
    case announce(Phrase, name: String = "", text: String = "")
    case leave
}

/// What is said aloud.
public enum Phrase: String, Sendable, CaseIterable {
    case drew, removed, lost, found, fixed, said, weak, back, paused, resumed, hidden, shown, hot, battery, started, stopped
}
