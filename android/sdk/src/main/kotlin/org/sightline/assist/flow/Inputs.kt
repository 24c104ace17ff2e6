package org.sightline.assist.flow

import org.sightline.assist.AssistError
import org.sightline.assist.AssistEvent
import org.sightline.assist.Invitation
import org.sightline.assist.Place
import org.sightline.assist.Stroke
import org.sightline.assist.Surface

/** Everything that can happen to a visit. */
sealed interface Input {
    /** A link was tapped, or a link, a code or the content of a QR code was entered. */
    data class Opened(val text: String) : Input

    /** Answer to [Effect.LookUp]. */
    data class LookedUp(val invitation: Invitation) : Input

    /** Answer to [Effect.LookUp] or [Effect.Join]. */
    data class Failed(val error: AssistError) : Input

    /** "Show my camera" or "Share my screen". */
    data class Chose(val surface: Surface) : Input

    /** A technician takes the place that was offered. */
    data object JoinTapped : Input

    /** Answer to [Effect.AskSystem]. */
    data class SystemAnswered(val grant: Grant, val yes: Boolean) : Input

    /** Answer to [Effect.Join]. */
    data class Joined(val place: Place, val nowMs: Long) : Input

    /** The core tells something. */
    data class Happened(val event: AssistEvent, val nowMs: Long) : Input

    /** The camera or the screen cannot be taken. */
    data object CaptureFailed : Input

    /** The microphone cannot be taken. */
    data object SoundFailed : Input

    /** The person stopped the screen's sharing outside of the app. */
    data object CaptureStopped : Input

    data object PauseTapped : Input

    data object FreezeTapped : Input

    data object TorchTapped : Input

    data class Zoomed(val ratio: Double) : Input

    /** The other camera of the phone. */
    data object SwitchTapped : Input

    /** Faces are to be found and hidden, or not any more. */
    data object FacesTapped : Input

    data object MicrophoneTapped : Input

    data object ChatTapped : Input

    data class ChatWritten(val text: String) : Input

    /** Answer to [Effect.SendChat]. */
    data class ChatAnswered(val id: Int, val delivered: Boolean) : Input

    data object HideTapped : Input

    /** A rectangle was drawn, in shares of the frame, its corners in any order. */
    data class BoxDrawn(val box: Box) : Input

    data object BoxesCleared : Input

    /** Answer to [Live.question]. */
    data class QuestionAnswered(val yes: Boolean) : Input

    /** A technician chose what the finger does. */
    data class ToolChosen(val tool: Tool) : Input

    /** A technician's stroke is complete. */
    class Sketched(val stroke: Stroke) : Input

    /** Answer to [Effect.Draw]: whether the others have it. */
    data class Drew(val there: Boolean) : Input

    /** A technician takes back the own newest drawing. */
    data object UndoTapped : Input

    /** A technician asks the customer for a picture. */
    data class Wanted(val surface: Surface) : Input

    data object EndTapped : Input

    data class EndAnswered(val yes: Boolean, val nowMs: Long) : Input

    /** The person saw the problem. */
    data object ProblemSeen : Input

    /** From the end, or from who asks, back to the start. */
    data object StartOver : Input
}

/** What the app must do. */
sealed interface Effect {
    data class LookUp(val invitation: String, val server: String?) : Effect

    /** The system's own question: the permission of the camera or microphone, or what to share of the screen. */
    data class AskSystem(val grant: Grant) : Effect

    /** [surface] is what a customer will show; null for a technician, who watches. */
    data class Join(val link: String, val surface: Surface?) : Effect

    /** [filmDays] as the person was told them, on the way in. */
    data class Consent(val yes: Boolean, val filmDays: Int? = null) : Effect

    /** Take pictures of this surface, and of nothing with null. */
    data class Capture(val surface: Surface?) : Effect

    /** The session goes on with another surface. */
    data class Switch(val surface: Surface) : Effect

    data class Pause(val on: Boolean) : Effect

    data class Freeze(val on: Boolean) : Effect

    data class Torch(val on: Boolean) : Effect

    data class Zoom(val ratio: Double) : Effect

    /** Show the camera that looks at the person, or the other one. */
    data class Lens(val front: Boolean) : Effect

    /** Find faces and hide them, or stop to. */
    data class Faces(val on: Boolean) : Effect

    /** Show what the customer shows, or stop to. */
    data class Watching(val on: Boolean) : Effect

    /** Give a drawing to the others. */
    class Draw(val stroke: Stroke) : Effect

    data object Undo : Effect

    /** Ask the customer for a picture. */
    data class Request(val surface: Surface) : Effect

    /** The person's word on the microphone, for the core. */
    data class Voice(val yes: Boolean) : Effect

    /** Take sound, or stop to. */
    data class Listen(val on: Boolean) : Effect

    data class SendChat(val id: Int, val text: String) : Effect

    /** Exactly these rectangles are hidden on the surface of now; comes before its [Capture]. */
    data class Hide(val boxes: List<Box>) : Effect

    /** For those who cannot see it. */
    data class Announce(val phrase: Phrase, val name: String = "", val text: String = "") : Effect

    data object Leave : Effect
}

/** What is said aloud. */
enum class Phrase {
    DREW, REMOVED, LOST, FOUND, FIXED, SAID, WEAK, BACK, PAUSED, RESUMED, HIDDEN, SHOWN, HOT, BATTERY, STARTED, STOPPED,

    /** The phone hides faces, or does not any more. */
    FACES_ON, FACES_OFF,

    /** The other camera is shown: the one that looks at the person, or the one that looks away. */
    FRONT, REAR,

    /** For a technician: there is a picture, there is none, it is held back, a drawing came or went. */
    SEES, SEES_NOTHING, CURTAIN, DRAWN, ERASED,
}
