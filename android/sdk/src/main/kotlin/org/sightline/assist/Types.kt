package org.sightline.assist

/** What the picture shows. */
enum class Surface { CAMERA, SCREEN }

/** How the encoder encodes: VP8, or H.264 constrained baseline with start codes. */
enum class Codec { VP8, H264 }

/** How a sensor's picture is turned clockwise to stand upright. */
enum class Turn { NONE, RIGHT, HALF, LEFT }

/** What became of something that was pushed; `NOT_SENDING` without consent, paused or outside a session. */
enum class Push { TAKEN, LEFT_OUT, NOT_SENDING }

/** How the connection is. */
enum class Connection { OPEN, MEDIA_CONNECTED, MEDIA_LOST, RECONNECTING }

/** Whether a drawing's place is known. Lost ones are never drawn, uncertain ones are faded. */
enum class Status { TRACKING, UNCERTAIN, LOST, FIXED }

/** Why it became so. */
enum class Reason { ATTACHED, FOUND_AGAIN, OCCLUDED, OUT_OF_VIEW, BLUR, TOO_FEW_TEXTURE, MOVED, FRAME_EXPIRED, OTHER }

/** How hot the platform says the device is: Android's LIGHT and MODERATE are `FAIR`, SEVERE is `SERIOUS`. */
enum class Thermal { NOMINAL, FAIR, SERIOUS, CRITICAL }

/** Why something is saved. */
enum class Cause { NONE, HEAT, BATTERY }

/** What a drawing is. */
enum class Kind { ARROW, CIRCLE, FREEHAND, HIGHLIGHT, TEXT }

/** How to take part. A 6-digit code as [invitation] needs the [server]'s address. */
data class JoinConfig(
    val invitation: String,
    val server: String? = null,
    val name: String = "",
    val surface: Surface = Surface.CAMERA,
    val codec: Codec = Codec.H264,
    val maxBitrateBps: Int = 2_500_000,
    /** Takes any TLS certificate; only for tests. */
    val insecure: Boolean = false,
)

/** What somebody is in a session: a customer films and is asked, a technician watches and draws. */
enum class Role { CUSTOMER, TECHNICIAN, OTHER }

/** Who asks; [link] joins. */
data class Invitation(
    val agent: String,
    val company: String,
    val link: String,
    val role: Role = Role.CUSTOMER,
    /** Days for which a film of camera and screen is kept; null when it is not. The person must be told. */
    val filmDays: Int? = null,
)

/** A place in a session. */
data class Place(
    val session: String,
    val participant: String,
    val agent: String,
    val company: String,
    val role: Role = Role.CUSTOMER,
)

/** Rare things that happen. */
sealed interface AssistEvent {
    /** Ask the person, in words, then call [AssistSession.setConsent]; with days, say that a film is kept. */
    data class ConsentAsked(val surface: Surface, val filmDays: Int? = null) : AssistEvent

    /** What is shown is kept with the session from now on, or no longer. */
    data class Kept(val kept: Boolean) : AssistEvent

    /** The yes is in force: push frames. */
    data class SendingStarted(val surface: Surface) : AssistEvent

    /** Nothing is sent any more. */
    data class SendingStopped(val surface: Surface) : AssistEvent

    /** The agent asks for a surface. */
    data class SurfaceRequested(val surface: Surface) : AssistEvent

    /** The connection changed. */
    data class ConnectionChanged(val state: Connection) : AssistEvent

    /** Somebody said something; [own] when it was said here. */
    data class Chat(val from: String, val own: Boolean, val text: String) : AssistEvent

    /** A drawing appeared. */
    data class DrawingAdded(val anchor: Int) : AssistEvent

    /** A drawing disappeared. */
    data class DrawingHidden(val anchor: Int) : AssistEvent

    /** A drawing's place became known, doubtful or unknown. */
    data class AnchorChanged(val anchor: Int, val status: Status, val reason: Reason) : AssistEvent

    /** The core saves heat or battery, from level 0 (nothing saved) to 3, or stops to: say so. */
    data class PowerSaving(val level: Int, val cause: Cause) : AssistEvent

    /** The yes to the microphone is in force: push sound. */
    data object MicrophoneOn : AssistEvent

    /** No sound is sent any more. */
    data object MicrophoneOff : AssistEvent

    /** So many parts of the picture are hidden, and the agent was told; 255 is the whole of it. */
    data class Hidden(val parts: Int) : AssistEvent

    /**
     * For a technician: a live picture can be watched, or changed: [paused] behind the customer's
     * curtain, [hiddenParts] of it hidden (255 for the whole of it).
     */
    data class PictureShown(val surface: Surface, val paused: Boolean, val hiddenParts: Int) : AssistEvent

    /** For a technician: nobody shows anything at the moment. */
    data object PictureGone : AssistEvent

    /** The session survives it. */
    data class Warning(val message: String) : AssistEvent

    /** The app was too slow to hear so many events. */
    data class EventsLost(val count: Int) : AssistEvent

    /** Over as it should be: `session_ended` or `left`. */
    data class Ended(val reason: String) : AssistEvent

    /** Over because it failed. */
    data class Failed(val error: AssistError) : AssistEvent
}

/** What the encoder must do. */
sealed interface EncoderRequest {
    /** The next frame is a keyframe. */
    data object Keyframe : EncoderRequest

    /** At this rate. */
    data class Bitrate(val bps: Int) : EncoderRequest

    /** At this rate at most, and so that the picture, its shape kept, fits into this size. */
    data class SizeAndRate(val width: Int, val height: Int, val framesPerSecond: Int) : EncoderRequest
}

/**
 * One drawing in one frame: [points] are `x0 y0 x1 y1 …` and [width] the stroke's, in shares of the
 * upright frame's width (and height).
 */
class Drawing(
    val anchor: Int,
    val kind: Kind,
    /** Index of the author's colour, 0 to 7. */
    val color: Int,
    val status: Status,
    val width: Float,
    val points: FloatArray,
    val text: String?,
)

/**
 * A received frame for the decoder: VP8, or an H.264 access unit with start codes. The first one, and
 * the first after a loss, is a keyframe; codec and size change at keyframes only. [frameTime] is the
 * RTP timestamp (90 kHz, wraps) that names the frame everywhere.
 */
class Picture(
    val frameTime: Int,
    val keyframe: Boolean,
    val codec: Codec,
    val width: Int,
    val height: Int,
    val data: ByteArray,
)

/**
 * Something that a technician draws. [points] in shares of the frame: an arrow's tail and head; a
 * circle's middle and half-axes; a line's points, 1 to 1024; where a text begins. [width] as a share
 * of the frame's width; [frameTime] names the frame that was on screen when the finger went down.
 */
class Stroke(
    val kind: Kind,
    val points: FloatArray,
    val width: Float = 0.006f,
    val text: String? = null,
    val frameTime: Int? = null,
)

/** A part of the upright picture, in shares of its width and height from the top left corner. */
data class Part(val left: Float, val top: Float, val width: Float, val height: Float)

/** What must be painted over in one frame; [everything] while a detector is silent. */
data class HiddenParts(val version: Int, val everything: Boolean, val parts: List<Part>)

/**
 * An Opus packet from somebody else. Each [speaker]'s packets are decoded apart; [lost] of them are
 * missing before this one. [timestamp] counts samples of 48 kHz and wraps.
 */
class Heard(val speaker: String, val timestamp: Int, val lost: Int, val packet: ByteArray)

/** What went wrong, one case for each thing that an app can do about it. */
sealed class AssistError(message: String) : Exception(message) {
    /** Let the person type it again. */
    class BadInvitation(reason: String) : AssistError(reason)

    /** Ask the agent for a new one. */
    class InvalidCode : AssistError("this code or link is not valid (any more)")

    /** Wait. */
    class RateLimited(val retryAfterSeconds: Int) : AssistError("too many tries")

    /** Offer to try again. */
    class Unreachable(reason: String) : AssistError(reason)

    /** Do not offer to go on. */
    class NotTrusted(val server: String) : AssistError("the certificate of $server is not trusted")

    /** The app or the server is too old. */
    class NotSightline(reason: String) : AssistError(reason)

    /** Offer to join again. */
    class ConnectionLost(reason: String) : AssistError(reason)

    /** The server said no. */
    class Refused(val code: String, reason: String) : AssistError(reason)

    /** Needs a session that was joined and is not over. */
    class NotJoined : AssistError("not in a session")

    /** One object takes part in one session once. */
    class AlreadyJoined : AssistError("joined already")

    /** Try again in a moment. */
    class Busy : AssistError("too much waits already")

    /** A fault in the app. */
    class BadFrame(reason: String) : AssistError(reason)

    /** The camera or tracking failed. */
    class MediaFailed(reason: String) : AssistError(reason)

    /** A fault of the library. */
    class Internal(reason: String) : AssistError(reason)
}
