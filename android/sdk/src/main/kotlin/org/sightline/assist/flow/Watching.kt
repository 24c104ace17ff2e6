package org.sightline.assist.flow

import org.sightline.assist.AssistEvent

/** Own drawings that can be taken back one after the other. */
const val UNDOABLE = 100

/** What follows from a technician's tap or finger. */
internal fun watching(visit: Visit, live: Live, watch: Watch, input: Input): Step {
    fun next(changed: Watch, vararg effects: Effect) = Step(visit.with(live.copy(watch = changed)), *effects)
    return when (input) {
        is Input.ToolChosen -> next(watch.copy(tool = input.tool))
        is Input.FreezeTapped -> if (!watch.shows) Step(visit) else {
            next(watch.copy(frozen = !watch.frozen), Effect.Freeze(!watch.frozen))
        }
        // A finger that was on its way when the picture went draws on nothing.
        is Input.Sketched -> if (!watch.shows) Step(visit) else {
            next(watch.copy(strokes = minOf(watch.strokes + 1, UNDOABLE)), Effect.Draw(input.stroke))
        }
        is Input.Drew -> if (input.there) Step(visit) else {
            val fewer = watch.copy(strokes = maxOf(0, watch.strokes - 1))
            Step(visit.with(live.copy(watch = fewer, problem = Problem.DRAWING_LOST)))
        }
        is Input.UndoTapped -> if (watch.strokes == 0) Step(visit) else next(watch.copy(strokes = watch.strokes - 1), Effect.Undo)
        is Input.Wanted -> if (watch.surface == input.surface) Step(visit) else next(watch.copy(asked = true), Effect.Request(input.surface))
        else -> Step(visit)
    }
}

/** What follows when the picture that a technician watches comes, changes or goes. */
internal fun pictured(visit: Visit, live: Live, watch: Watch, event: AssistEvent): Step {
    val next = when (event) {
        is AssistEvent.PictureShown -> watch.copy(surface = event.surface, paused = event.paused, hiddenParts = event.hiddenParts, asked = false)
        else -> watch.copy(surface = null, paused = false, hiddenParts = 0)
    }
    // What stands still belongs to the picture that was there.
    val thaws = watch.frozen && (next.surface != watch.surface || !next.shows)
    val phrase = when {
        !next.shows && watch.shows -> if (next.paused) Phrase.CURTAIN else Phrase.SEES_NOTHING
        next.shows && (!watch.shows || next.surface != watch.surface) -> Phrase.SEES
        else -> null
    }
    val effects = listOfNotNull(Effect.Freeze(false).takeIf { thaws }, phrase?.let { Effect.Announce(it) })
    return Step(visit.with(live.copy(watch = next.copy(frozen = watch.frozen && !thaws))), effects)
}
