package org.sightline.assist.flow

import org.sightline.assist.DeepLink
import org.sightline.assist.AssistError
import org.sightline.assist.Role
import org.sightline.assist.Surface
import kotlin.math.max
import kotlin.math.min

/** Longest message, in characters. */
const val CHAT_CHARACTERS = 2_000

/** Most rectangles that can be hidden at once. */
const val BOXES = 8

/** Smallest side of a hidden rectangle, as a share of the frame: less is a slip of the finger. */
const val BOX_SIDE = 0.02

/** Strongest zoom that is asked of a camera. */
const val ZOOM = 8.0

/** A new state and what the app must do, in this order. */
data class Step(val visit: Visit, val effects: List<Effect> = emptyList()) {
    constructor(visit: Visit, vararg effects: Effect) : this(visit, effects.toList())
}

/**
 * What follows from an input. Pure: it knows no clock, no Android and no network. An input that does
 * not fit to the state changes nothing.
 *
 * Nothing is captured before the person tapped what to show and the system and the server agreed.
 */
fun reduce(visit: Visit, input: Input): Step = when (input) {
    is Input.ProblemSeen -> Step(visit.withLive { it.copy(problem = null) }.copy(problem = null))
    is Input.StartOver -> if (visit.live == null) Step(Visit(server = visit.server)) else Step(visit)
    else -> when (val screen = visit.screen) {
        is Screen.Enter -> enter(visit, input)
        is Screen.Asked -> asked(visit, screen, input)
        is Screen.Session -> live(visit, screen.live, input)
        is Screen.End -> if (input is Input.Opened) enter(Visit(server = visit.server), input) else Step(visit)
    }
}

private fun enter(visit: Visit, input: Input): Step = when (input) {
    is Input.Opened -> open(visit, input.text)
    is Input.LookedUp -> Step(visit.copy(screen = Screen.Asked(input.invitation), problem = null))
    is Input.Failed -> Step(visit.failed(input.error).copy(screen = Screen.Enter()))
    else -> Step(visit)
}

private fun open(visit: Visit, text: String): Step {
    val (invitation, server) = when (val link = DeepLink.parse(text)) {
        null -> return Step(visit.copy(screen = Screen.Enter(), problem = Problem.NO_INVITATION))
        is DeepLink.Link -> Pair(link.link, null)
        is DeepLink.Code -> {
            val server = visit.server ?: return Step(visit.copy(screen = Screen.Enter(), problem = Problem.NO_SERVER))
            Pair(link.digits, server)
        }
    }
    val looking = visit.copy(screen = Screen.Enter(busy = true), problem = null, waitSeconds = 0)
    return Step(looking, Effect.LookUp(invitation, server))
}

private fun asked(visit: Visit, screen: Screen.Asked, input: Input): Step = when (input) {
    is Input.Opened -> open(visit, input.text)
    is Input.JoinTapped -> when {
        screen.busy || !screen.watches -> Step(visit)
        else -> Step(visit.copy(screen = screen.copy(busy = true), problem = null), Effect.Join(screen.invitation.link, null))
    }
    is Input.Chose -> if (screen.busy || screen.watches) Step(visit) else {
        val chosen = screen.copy(chosen = input.surface, busy = true)
        Step(visit.copy(screen = chosen, problem = null), Effect.AskSystem(input.surface.grant))
    }
    is Input.SystemAnswered -> {
        val surface = screen.chosen
        when {
            surface == null || surface.grant != input.grant -> Step(visit)
            input.yes -> {
                val allowed = visit.copy(allowed = visit.allowed + input.grant)
                Step(allowed, Effect.Join(screen.invitation.link, surface))
            }
            else -> Step(visit.copy(screen = Screen.Asked(screen.invitation), problem = denied(input.grant)))
        }
    }
    is Input.Joined -> {
        val watches = input.place.role == Role.TECHNICIAN
        val live = Live(
            input.place.agent, input.place.company, screen.chosen ?: Surface.CAMERA,
            filmDays = screen.invitation.filmDays, watch = if (watches) Watch() else null,
        )
        val joined = visit.copy(screen = Screen.Session(live), startedMs = input.nowMs)
        if (watches) Step(joined, Effect.Watching(true)) else Step(joined)
    }
    is Input.Failed -> Step(visit.failed(input.error).copy(screen = Screen.Asked(screen.invitation)))
    else -> Step(visit)
}

private fun live(visit: Visit, live: Live, input: Input): Step = when (input) {
    is Input.Happened -> happened(visit, live, input)
    is Input.SystemAnswered -> systemAnswered(visit, live, input)
    is Input.PauseTapped -> if (live.sending == null) Step(visit) else {
        val on = !live.paused
        val phrase = if (on) Phrase.PAUSED else Phrase.RESUMED
        Step(visit.with(live.copy(paused = on, frozen = false)), Effect.Pause(on), Effect.Announce(phrase))
    }
    is Input.ToolChosen, is Input.Sketched, is Input.Drew, is Input.UndoTapped, is Input.Wanted ->
        if (live.watch == null) Step(visit) else watching(visit, live, live.watch, input)
    is Input.FreezeTapped -> if (live.watch != null) watching(visit, live, live.watch, input) else camera(visit, live) { Step(visit.with(live.copy(frozen = !live.frozen)), Effect.Freeze(!live.frozen)) }
    is Input.TorchTapped -> camera(visit, live) { Step(visit.with(live.copy(torch = !live.torch)), Effect.Torch(!live.torch)) }
    is Input.Zoomed -> camera(visit, live) {
        val ratio = input.ratio.coerceIn(1.0, ZOOM)
        Step(visit.with(live.copy(zoom = ratio)), Effect.Zoom(ratio))
    }
    is Input.SwitchTapped -> camera(visit, live) {
        val other = live.copy(front = !live.front, torch = false, zoom = 1.0, frozen = false)
        Step(visit.with(other), Effect.Lens(other.front), Effect.Announce(if (other.front) Phrase.FRONT else Phrase.REAR))
    }
    is Input.FacesTapped -> camera(visit, live) {
        val on = !live.faces
        // Until the phone has looked, nothing leaves.
        val next = live.copy(faces = on, covered = on, hiding = false)
        Step(visit.with(next), Effect.Faces(on), Effect.Announce(if (on) Phrase.FACES_ON else Phrase.FACES_OFF))
    }
    is Input.MicrophoneTapped -> when {
        live.microphone -> Step(visit.with(live.copy(microphone = false)), Effect.Voice(false), Effect.Listen(false))
        else -> Step(visit, Effect.AskSystem(Grant.MICROPHONE))
    }
    is Input.ChatTapped -> Step(visit.with(live.copy(chatOpen = !live.chatOpen, unread = 0)))
    is Input.ChatWritten -> written(visit, live, input.text.trim())
    is Input.ChatAnswered -> {
        val state = if (input.delivered) Delivery.THERE else Delivery.FAILED
        Step(visit.with(live.copy(chat = live.chat.map { if (it.own && it.id == input.id) it.copy(state = state) else it })))
    }
    is Input.HideTapped -> Step(visit.with(live.copy(hiding = !live.hiding)))
    is Input.BoxDrawn -> boxDrawn(visit, live, input.box)
    is Input.BoxesCleared -> when {
        live.hidden.isEmpty() -> Step(visit)
        else -> Step(visit.with(live.hide(emptyList())), Effect.Hide(emptyList()), Effect.Announce(Phrase.SHOWN))
    }
    // Also the way back after the camera failed or a no.
    is Input.Chose -> if (live.sending == input.surface || live.watch != null) Step(visit) else Step(visit, Effect.AskSystem(input.surface.grant))
    is Input.QuestionAnswered -> answered(visit, live, input.yes)
    is Input.Failed -> Step(visit.with(live.copy(problem = problemOf(input.error))))
    is Input.CaptureFailed -> {
        val stopped = live.off().copy(problem = Problem.CAMERA_FAILED)
        Step(visit.with(stopped), Effect.Consent(false), Effect.Capture(null))
    }
    is Input.SoundFailed -> if (!live.microphone) Step(visit) else {
        Step(visit.with(live.copy(microphone = false, problem = Problem.OTHER)), Effect.Voice(false), Effect.Listen(false))
    }
    is Input.CaptureStopped -> Step(visit.with(live.off()), Effect.Consent(false), Effect.Capture(null))
    is Input.EndTapped -> Step(visit.with(live.copy(ending = true)))
    is Input.EndAnswered -> when {
        !live.ending -> Step(visit)
        input.yes -> end(visit, live, input.nowMs, null, Effect.Leave)
        else -> Step(visit.with(live.copy(ending = false)))
    }
    else -> Step(visit)
}

/** What only a camera can do, and only while it is on. */
private inline fun camera(visit: Visit, live: Live, step: () -> Step): Step =
    if (live.sending == Surface.CAMERA && !live.paused) step() else Step(visit)

private fun written(visit: Visit, live: Live, text: String): Step {
    if (text.isEmpty()) return Step(visit)
    val id = visit.chatId + 1
    val short = text.take(CHAT_CHARACTERS)
    val line = ChatLine("", own = true, short, Delivery.WAITING, id)
    return Step(visit.copy(chatId = id).with(live.copy(chat = live.chat + line)), Effect.SendChat(id, short))
}

private fun boxDrawn(visit: Visit, live: Live, drawn: Box): Step {
    fun share(value: Double) = value.coerceIn(0.0, 1.0)
    val box = Box(
        share(min(drawn.left, drawn.right)), share(min(drawn.top, drawn.bottom)),
        share(max(drawn.left, drawn.right)), share(max(drawn.top, drawn.bottom)),
    )
    val slip = box.right - box.left < BOX_SIDE || box.bottom - box.top < BOX_SIDE
    if (!live.hiding || slip || live.hidden.size >= BOXES) return Step(visit)
    val boxes = live.hidden + box
    return Step(visit.with(live.hide(boxes).copy(hiding = false)), Effect.Hide(boxes), Effect.Announce(Phrase.HIDDEN))
}

private fun answered(visit: Visit, live: Live, yes: Boolean): Step {
    val surface = live.question ?: return Step(visit)
    val closed = visit.with(live.copy(question = null))
    return if (yes) Step(closed, Effect.AskSystem(surface.grant)) else Step(closed)
}

private fun systemAnswered(visit: Visit, live: Live, input: Input.SystemAnswered): Step = when {
    !input.yes -> Step(visit.with(live.copy(problem = denied(input.grant))))
    // A technician shows nothing.
    live.watch != null && input.grant != Grant.MICROPHONE -> Step(visit)
    input.grant == Grant.MICROPHONE -> Step(
        visit.copy(allowed = visit.allowed + Grant.MICROPHONE, shared = visit.shared + Grant.MICROPHONE)
            .with(live.copy(microphone = true)),
        Effect.Voice(true),
    )
    else -> {
        val surface = if (input.grant == Grant.SCREEN) Surface.SCREEN else Surface.CAMERA
        val allowed = visit.copy(allowed = visit.allowed + input.grant)
        val other = live.off().copy(surface = surface)
        when {
            live.surface != surface -> Step(allowed.with(other), Effect.Capture(null), Effect.Switch(surface))
            live.sending == null -> Step(allowed, Effect.Consent(true, live.filmDays))
            else -> Step(allowed)
        }
    }
}

private fun Live.hide(boxes: List<Box>) = copy(hiddenOn = hiddenOn + (surface to boxes))

/** Nothing is taken any more. What was hidden stays hidden, and a pause goes on. */
internal fun Live.off() = copy(sending = null, kept = false, torch = false, zoom = 1.0, frozen = false, covered = false, lost = emptySet())

internal fun denied(grant: Grant) = when (grant) {
    Grant.CAMERA -> Problem.CAMERA_DENIED
    Grant.SCREEN -> Problem.SCREEN_DENIED
    Grant.MICROPHONE -> Problem.MICROPHONE_DENIED
}

internal fun end(visit: Visit, live: Live, nowMs: Long, problem: Problem?, vararg effects: Effect): Step {
    val receipt = Receipt(live.agent, visit.shared, visit.drawings, max(0, nowMs - visit.startedMs), live.watch != null)
    val over = Visit(Screen.End(receipt), problem, server = visit.server)
    val watching = listOfNotNull(Effect.Watching(false).takeIf { live.watch != null })
    return Step(over, listOf(Effect.Capture(null), Effect.Listen(false)) + watching + effects)
}

internal val Visit.live: Live?
    get() = (screen as? Screen.Session)?.live

internal fun Visit.with(live: Live) = copy(screen = Screen.Session(live))

internal inline fun Visit.withLive(change: (Live) -> Live) = live?.let { with(change(it)) } ?: this

internal fun Visit.failed(error: AssistError) = copy(
    problem = problemOf(error),
    waitSeconds = (error as? AssistError.RateLimited)?.retryAfterSeconds ?: 0,
)
