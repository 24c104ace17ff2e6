package org.sightline.assist.flow

import org.sightline.assist.AssistEvent
import org.sightline.assist.Cause
import org.sightline.assist.Connection
import org.sightline.assist.Status
import org.sightline.assist.Surface

/** Parts that stand for the whole picture. */
private const val ALL_HIDDEN = 255

/** Lines of chat that are kept. */
const val CHAT_LINES = 500

/** What follows from an event of the core while the session lasts. */
internal fun happened(visit: Visit, live: Live, input: Input.Happened): Step = when (val event = input.event) {
    is AssistEvent.PictureShown, is AssistEvent.PictureGone ->
        if (live.watch == null) Step(visit) else pictured(visit, live, live.watch, event)
    // The tap that chose this surface was the yes to it; for any other the person is asked.
    is AssistEvent.ConsentAsked -> when {
        live.watch != null -> Step(visit)
        event.surface.grant !in visit.allowed -> Step(visit.with(live.copy(question = event.surface)))
        event.surface == live.surface -> Step(visit, Effect.Consent(true, live.filmDays))
        else -> Step(visit)
    }
    is AssistEvent.SendingStarted -> if (event.surface.grant !in visit.allowed || live.watch != null) Step(visit) else Step(
        visit.copy(shared = visit.shared + event.surface.grant).with(live.copy(surface = event.surface, sending = event.surface, problem = null)),
        // What was hidden before is hidden from the first picture on.
        listOfNotNull(
            Effect.Hide(live.hiddenOn[event.surface].orEmpty()).takeIf { live.hiddenOn.isNotEmpty() },
            Effect.Faces(true).takeIf { live.faces && event.surface == Surface.CAMERA },
            Effect.Capture(event.surface), Effect.Announce(Phrase.STARTED),
        ),
    )
    is AssistEvent.MicrophoneOn -> if (live.microphone) Step(visit, Effect.Listen(true)) else Step(visit)
    is AssistEvent.MicrophoneOff -> Step(visit.with(live.copy(microphone = false)), Effect.Listen(false))
    is AssistEvent.Kept -> Step(visit.with(live.copy(kept = event.kept && live.sending != null)))
    is AssistEvent.SendingStopped -> if (live.sending != event.surface) Step(visit) else Step(
        visit.with(live.off()),
        Effect.Capture(null), Effect.Announce(Phrase.STOPPED),
    )
    is AssistEvent.SurfaceRequested -> if (live.sending == event.surface || live.watch != null) Step(visit) else Step(visit.with(live.copy(question = event.surface)))
    is AssistEvent.ConnectionChanged -> connection(visit, live, event.state)
    is AssistEvent.Chat -> if (event.own) Step(visit) else {
        val lines = (live.chat + ChatLine(event.from, own = false, event.text, Delivery.THERE)).takeLast(CHAT_LINES)
        val unread = if (live.chatOpen) 0 else live.unread + 1
        Step(visit.with(live.copy(chat = lines, unread = unread)), Effect.Announce(Phrase.SAID, event.from, event.text))
    }
    // A technician's own drawings are told as well: nobody is named.
    is AssistEvent.DrawingAdded -> Step(
        visit.copy(drawings = visit.drawings + 1),
        Effect.Announce(if (live.watch == null) Phrase.DREW else Phrase.DRAWN, live.agent),
    )
    is AssistEvent.DrawingHidden -> Step(
        visit.with(live.copy(lost = live.lost - event.anchor)),
        Effect.Announce(if (live.watch == null) Phrase.REMOVED else Phrase.ERASED, live.agent),
    )
    is AssistEvent.AnchorChanged -> anchor(visit, live, event)
    is AssistEvent.PowerSaving -> {
        val next = visit.with(live.copy(saving = event.cause))
        when {
            event.cause == live.saving || event.cause == Cause.NONE -> Step(next)
            else -> Step(next, Effect.Announce(if (event.cause == Cause.HEAT) Phrase.HOT else Phrase.BATTERY))
        }
    }
    is AssistEvent.Hidden -> Step(visit.with(live.copy(covered = live.faces && event.parts == ALL_HIDDEN)))
    is AssistEvent.Warning, is AssistEvent.EventsLost -> Step(visit)
    is AssistEvent.Ended -> end(visit, live, input.nowMs, null)
    is AssistEvent.Failed -> end(visit, live, input.nowMs, problemOf(event.error))
}

private fun connection(visit: Visit, live: Live, state: Connection): Step {
    val broken = when (state) {
        Connection.MEDIA_LOST, Connection.RECONNECTING -> true
        Connection.OPEN -> live.broken
        Connection.MEDIA_CONNECTED -> false
    }
    val next = visit.with(live.copy(connection = state, broken = broken))
    return when {
        broken == live.broken -> Step(next)
        broken -> Step(next, Effect.Announce(Phrase.WEAK))
        else -> Step(next, Effect.Announce(Phrase.BACK))
    }
}

private fun anchor(visit: Visit, live: Live, event: AssistEvent.AnchorChanged): Step {
    val was = event.anchor in live.lost
    val lost = if (event.status == Status.LOST) live.lost + event.anchor else live.lost - event.anchor
    val next = visit.with(live.copy(lost = lost))
    return when {
        event.status == Status.LOST -> if (was) Step(next) else Step(next, Effect.Announce(Phrase.LOST))
        event.status == Status.FIXED -> Step(next, Effect.Announce(Phrase.FIXED))
        was -> Step(next, Effect.Announce(Phrase.FOUND))
        else -> Step(next)
    }
}
