import Foundation

/// Everything that can happen to a visit.
public enum Input: Equatable, Sendable {
    /// A link was tapped, or a link, a code or the content of a QR code was entered.
    case opened(String)
    case lookedUp(Invitation)
    case failed(AssistFault)
    case chose(Surface)
    /// A technician takes the place that was offered.
    case joinTapped
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
    /// The other camera of the phone.
    case switchTapped
    /// Faces are to be found and hidden, or not any more.
    case facesTapped
    case microphoneTapped
    case chatTapped
    case chatWritten(String)
    case chatAnswered(id: Int, delivered: Bool)
    case hideTapped
    case boxDrawn(Box)
    case boxesCleared
    case questionAnswered(yes: Bool)
    /// A technician chose what the finger does.
    case toolChosen(Tool)
    /// A technician's stroke is complete.
    case sketched(Stroke)
    /// The answer to `Effect.draw`: whether the others have it.
    case drew(there: Bool)
    /// A technician takes back the own newest drawing.
    case undoTapped
    /// A technician asks the customer for a picture.
    case wanted(Surface)
    case endTapped
    case endAnswered(yes: Bool, nowMs: Int)
    case problemSeen
    case startOver
}

/// What the app must do.
public enum Effect: Equatable, Sendable {
    case lookUp(invitation: String, server: String?)
    case askSystem(Grant)
    /// The surface is what a customer will show; nil for a technician, who watches.
    case join(link: String, surface: Surface?)
    /// With the days for which the person was told, on the way in, that a film is kept.
    case consent(Bool, filmDays: Int? = nil)
    /// Take pictures of this surface, and of nothing with nil.
    case capture(Surface?)
    case switchTo(Surface)
    case pause(Bool)
    case freeze(Bool)
    case torch(Bool)
    case zoom(Double)
    /// Show the camera that looks at the person, or the other one.
    case lens(front: Bool)
    /// Find faces and hide them, or stop to.
    case faces(Bool)
    /// Show what the customer shows, or stop to.
    case watching(Bool)
    /// Give a drawing to the others.
    case draw(Stroke)
    case undo
    /// Ask the customer for a picture.
    case request(Surface)
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
    /// The phone hides faces, or does not any more.
    case facesOn = "faces_on"
    case facesOff = "faces_off"
    /// The other camera is shown: the one that looks at the person, or the one that looks away.
    case front, rear
    /// For a technician: there is a picture, there is none, it is held back, a drawing came or went.
    case sees
    case seesNothing = "sees_nothing"
    case curtain, drawn, erased
}
