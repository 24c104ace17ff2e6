package org.sightline.assist.flow

import org.sightline.assist.AssistError
import org.sightline.assist.Cause
import org.sightline.assist.Connection
import org.sightline.assist.Invitation
import org.sightline.assist.Role
import org.sightline.assist.Surface

/** What a person can allow, each by a tap of its own. */
enum class Grant { CAMERA, SCREEN, MICROPHONE }

/** The grant that a surface needs. */
val Surface.grant: Grant
    get() = when (this) {
        Surface.CAMERA -> Grant.CAMERA
        Surface.SCREEN -> Grant.SCREEN
    }

/** Why the person cannot go on, one case for each sentence that the app shows. */
enum class Problem {
    NO_INVITATION, NO_SERVER, INVALID, RATE, UNREACHABLE, NOT_TRUSTED, VERSION, REFUSED, LOST, OTHER,
    CAMERA_DENIED, SCREEN_DENIED, MICROPHONE_DENIED, CAMERA_FAILED, DRAWING_LOST,
}

/** The sentence for an error of the core. */
fun problemOf(error: AssistError): Problem = when (error) {
    is AssistError.BadInvitation -> Problem.NO_INVITATION
    is AssistError.InvalidCode -> Problem.INVALID
    is AssistError.RateLimited -> Problem.RATE
    is AssistError.Unreachable -> Problem.UNREACHABLE
    is AssistError.NotTrusted -> Problem.NOT_TRUSTED
    is AssistError.NotSightline -> Problem.VERSION
    is AssistError.ConnectionLost -> Problem.LOST
    is AssistError.Refused -> Problem.REFUSED
    is AssistError.MediaFailed -> Problem.CAMERA_FAILED
    is AssistError.NotJoined, is AssistError.AlreadyJoined, is AssistError.Busy,
    is AssistError.BadFrame, is AssistError.Internal,
    -> Problem.OTHER
}

/** One line of the chat. */
data class ChatLine(val from: String, val own: Boolean, val text: String, val state: Delivery, val id: Int = 0)

/** What became of an own line. */
enum class Delivery { WAITING, THERE, FAILED }

/** A rectangle that nobody may see, in shares of the upright frame. */
data class Box(val left: Double, val top: Double, val right: Double, val bottom: Double)

/** What a technician's finger does to the picture. */
enum class Tool { POINTER, ARROW, CIRCLE, FREEHAND }

/** What a technician watches and draws with. */
data class Watch(
    /** What the customer shows; null while nothing is shown. */
    val surface: Surface? = null,
    /** The customer holds the picture back. */
    val paused: Boolean = false,
    /** How many parts the customer hides; 255 is the whole picture. */
    val hiddenParts: Int = 0,
    /** The picture stands, to be drawn on calmly. */
    val frozen: Boolean = false,
    val tool: Tool = Tool.POINTER,
    /** Own drawings that can be taken back. */
    val strokes: Int = 0,
    /** The customer was asked for a picture and has not answered yet. */
    val asked: Boolean = false,
) {
    /** True while there is something to draw on. */
    val shows: Boolean get() = surface != null && !paused
}

/** What is shown and sent while the session lasts. */
data class Live(
    val agent: String,
    val company: String,
    val surface: Surface,
    /** The surface for which the person said yes and the server agreed; null while nothing is sent. */
    val sending: Surface? = null,
    val connection: Connection = Connection.OPEN,
    /** Days for which the person was told that a film is kept; null when nothing was said. */
    val filmDays: Int? = null,
    /** What is shown is kept with the session. */
    val kept: Boolean = false,
    /** Pictures flowed, and do not any more. */
    val broken: Boolean = false,
    val paused: Boolean = false,
    val frozen: Boolean = false,
    val torch: Boolean = false,
    val zoom: Double = 1.0,
    /** The camera that looks at the person is the one that is shown. */
    val front: Boolean = false,
    /** The person said yes to the microphone. */
    val microphone: Boolean = false,
    val saving: Cause = Cause.NONE,
    /** The agent asks for this surface; the person has not answered. */
    val question: Surface? = null,
    val ending: Boolean = false,
    val chatOpen: Boolean = false,
    val chat: List<ChatLine> = emptyList(),
    val unread: Int = 0,
    /** True while a finger draws what to hide. */
    val hiding: Boolean = false,
    /** What is hidden on each surface that was shown; stays when another one is shown. */
    val hiddenOn: Map<Surface, List<Box>> = emptyMap(),
    /** Faces in the camera's picture are found and hidden by the phone. */
    val faces: Boolean = false,
    /** The whole picture is held back, because the faces in it are not known yet. */
    val covered: Boolean = false,
    /** Anchors of drawings whose place is not known now. */
    val lost: Set<Int> = emptySet(),
    val problem: Problem? = null,
    /** What a technician watches; null for a customer. */
    val watch: Watch? = null,
) {
    /** What is hidden on the surface of now. */
    val hidden: List<Box> get() = hiddenOn[surface].orEmpty()
}

/** What happened, told at the end. */
data class Receipt(
    val agent: String,
    val shared: Set<Grant>,
    val drawings: Int,
    val durationMs: Long,
    /** It was a technician's visit. */
    val watched: Boolean = false,
)

/** What the person sees. */
sealed interface Screen {
    /** The invitation is still to come. */
    data class Enter(val busy: Boolean = false) : Screen

    /** Who asks, and for what. [chosen] is set once a customer has tapped. */
    data class Asked(val invitation: Invitation, val chosen: Surface? = null, val busy: Boolean = false) : Screen {
        /** A technician is invited, who watches and is asked for nothing. */
        val watches: Boolean get() = invitation.role == Role.TECHNICIAN
    }

    /** In the session. */
    data class Session(val live: Live) : Screen

    /** It is over. */
    data class End(val receipt: Receipt) : Screen
}

/** Everything that the screens show, and what must be remembered for the receipt. */
data class Visit(
    val screen: Screen = Screen.Enter(),
    val problem: Problem? = null,
    /** Seconds to wait, with [Problem.RATE]. */
    val waitSeconds: Int = 0,
    /** Address of the server for codes; from the app's settings. */
    val server: String? = null,
    val allowed: Set<Grant> = emptySet(),
    val shared: Set<Grant> = emptySet(),
    val drawings: Int = 0,
    val startedMs: Long = 0,
    val chatId: Int = 0,
)
