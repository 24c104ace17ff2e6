package org.sightline.assist.flow

import org.sightline.assist.AssistError
import org.sightline.assist.AssistEvent
import org.sightline.assist.Cause
import org.sightline.assist.Connection
import org.sightline.assist.Invitation
import org.sightline.assist.Kind
import org.sightline.assist.Place
import org.sightline.assist.Reason
import org.sightline.assist.Role
import org.sightline.assist.Status
import org.sightline.assist.Stroke
import org.sightline.assist.Surface
import java.util.Locale

/** The words of `tests/vectors/phone/flow.json`, which says how they are read. */
object Story {
    private const val NOW = 60_000L

    fun input(line: String): Input {
        val words = line.split(' ')
        val rest = line.substringAfter(' ', "")
        val yes = words.last() == "yes"
        return when (words[0]) {
            "opened" -> Input.Opened(rest)
            "looked_up" -> Input.LookedUp(
                Invitation("Ana", "Acme", "https://help.example.com/j/#abcdefgh", role(words), words.last().toIntOrNull()),
            )
            "join" -> Input.JoinTapped
            "failed" -> Input.Failed(error(words))
            "chose" -> Input.Chose(surface(words[1]))
            "system" -> Input.SystemAnswered(Grant.valueOf(words[1].uppercase()), yes)
            "joined" -> Input.Joined(Place("ses_1", "par_1", "Ana", "Acme", role(words)), 0)
            "event" -> Input.Happened(event(words.drop(1), rest), NOW)
            "capture_failed" -> Input.CaptureFailed
            "sound_failed" -> Input.SoundFailed
            "capture_stopped" -> Input.CaptureStopped
            "pause" -> Input.PauseTapped
            "freeze" -> Input.FreezeTapped
            "torch" -> Input.TorchTapped
            "zoom" -> Input.Zoomed(words[1].toDouble())
            "switch" -> Input.SwitchTapped
            "faces" -> Input.FacesTapped
            "tool" -> Input.ToolChosen(Tool.valueOf(words[1].uppercase()))
            "sketched" -> Input.Sketched(Stroke(Kind.ARROW, FloatArray(4), frameTime = words[1].toInt()))
            "drew" -> Input.Drew(yes)
            "undo" -> Input.UndoTapped
            "want" -> Input.Wanted(surface(words[1]))
            "microphone" -> Input.MicrophoneTapped
            "chat" -> Input.ChatTapped
            "write" -> Input.ChatWritten(rest)
            "delivered" -> Input.ChatAnswered(words[1].toInt(), yes)
            "hide" -> Input.HideTapped
            "box" -> words.drop(1).map { it.toDouble() }.let { Input.BoxDrawn(Box(it[0], it[1], it[2], it[3])) }
            "clear" -> Input.BoxesCleared
            "answer" -> Input.QuestionAnswered(yes)
            "end" -> Input.EndTapped
            "end_answer" -> Input.EndAnswered(yes, NOW)
            "seen" -> Input.ProblemSeen
            "start_over" -> Input.StartOver
            else -> error("no input is called ${words[0]}")
        }
    }

    private fun role(words: List<String>) = if (words.getOrNull(1) == "technician") Role.TECHNICIAN else Role.CUSTOMER

    private fun surface(word: String) = Surface.valueOf(word.uppercase())

    private fun error(words: List<String>): AssistError = when (words[1]) {
        "bad_invitation" -> AssistError.BadInvitation("")
        "invalid_code" -> AssistError.InvalidCode()
        "rate" -> AssistError.RateLimited(words[2].toInt())
        "unreachable" -> AssistError.Unreachable("")
        "not_trusted" -> AssistError.NotTrusted("")
        "lost" -> AssistError.ConnectionLost("")
        "internal" -> AssistError.Internal("")
        else -> error("no error is called ${words[1]}")
    }

    private fun event(words: List<String>, rest: String): AssistEvent = when (words[0]) {
        "asked" -> AssistEvent.ConsentAsked(surface(words[1]))
        "kept" -> AssistEvent.Kept(words[1] == "yes")
        "started" -> AssistEvent.SendingStarted(surface(words[1]))
        "stopped" -> AssistEvent.SendingStopped(surface(words[1]))
        "requested" -> AssistEvent.SurfaceRequested(surface(words[1]))
        "picture" -> AssistEvent.PictureShown(surface(words[1]), "paused" in words, words.last().toIntOrNull() ?: 0)
        "no_picture" -> AssistEvent.PictureGone
        "hidden" -> AssistEvent.Hidden(words[1].toInt())
        "connection" -> AssistEvent.ConnectionChanged(Connection.valueOf(words[1].uppercase()))
        "chat" -> AssistEvent.Chat("Ana", own = false, rest.substringAfter(' '))
        "own_chat" -> AssistEvent.Chat("Me", own = true, rest.substringAfter(' '))
        "microphone" -> if (words[1] == "on") AssistEvent.MicrophoneOn else AssistEvent.MicrophoneOff
        "drawn" -> AssistEvent.DrawingAdded(1)
        "removed" -> AssistEvent.DrawingHidden(1)
        "anchor" -> AssistEvent.AnchorChanged(1, Status.valueOf(words[1].uppercase()), Reason.OTHER)
        "saving" -> AssistEvent.PowerSaving(1, Cause.valueOf(words[1].uppercase()))
        "ended" -> AssistEvent.Ended("session_ended")
        "failed" -> AssistEvent.Failed(error(words))
        else -> error("no event is called ${words[0]}")
    }

    fun text(visit: Visit): String {
        val words = when (val screen = visit.screen) {
            is Screen.Enter -> listOf("enter", "busy".takeIf { screen.busy })
            is Screen.Asked -> listOf("asked", screen.invitation.agent, "watches".takeIf { screen.watches }, "busy".takeIf { screen.busy })
            is Screen.Session -> live(screen.live)
            is Screen.End -> listOf(
                "end", grants(screen.receipt.shared), "${screen.receipt.drawings}", "${screen.receipt.durationMs}",
                "watched".takeIf { screen.receipt.watched },
            )
        }
        val problem = (visit.problem ?: visit.live?.problem)?.let { "problem:${it.name.lowercase()}" }
        val wait = visit.waitSeconds.takeIf { it > 0 }?.let { "wait:$it" }
        return (words + problem + wait).filterNotNull().joinToString(" ")
    }

    private fun watch(watch: Watch) = listOfNotNull(
        "watches:${watch.surface?.name?.lowercase() ?: "nothing"}", "curtain".takeIf { watch.paused },
        watch.hiddenParts.takeIf { it > 0 }?.let { "parts:$it" }, "stands".takeIf { watch.frozen },
        "tool:${watch.tool.name.lowercase()}", watch.strokes.takeIf { it > 0 }?.let { "strokes:$it" }, "wanted".takeIf { watch.asked },
    ).joinToString(" ")

    private fun live(live: Live) = listOf(
        "session", live.watch?.let(::watch) ?: live.surface.name.lowercase(), "sending".takeIf { live.sending != null }, "kept".takeIf { live.kept },
        "front".takeIf { live.front }, "faces".takeIf { live.faces }, "covered".takeIf { live.covered },
        "paused".takeIf { live.paused }, "frozen".takeIf { live.frozen }, "torch".takeIf { live.torch },
        "zoom:${number(live.zoom)}".takeIf { live.zoom != 1.0 }, "microphone".takeIf { live.microphone },
        live.saving.takeIf { it != Cause.NONE }?.let { "saving:${it.name.lowercase()}" },
        live.question?.let { "question:${it.name.lowercase()}" }, "ending".takeIf { live.ending },
        "chat".takeIf { live.chatOpen }, live.unread.takeIf { it > 0 }?.let { "unread:$it" },
        live.chat.takeIf { it.isNotEmpty() }?.joinToString(",") { it.state.name.lowercase() }?.let { "lines:$it" },
        "broken".takeIf { live.broken }, "lost".takeIf { live.lost.isNotEmpty() },
        "hiding".takeIf { live.hiding }, live.hidden.size.takeIf { it > 0 }?.let { "hidden:$it" },
    )

    private fun grants(grants: Set<Grant>) =
        grants.sorted().joinToString(",") { it.name.lowercase() }.ifEmpty { "nothing" }

    private fun number(value: Double) = String.format(Locale.ROOT, "%.2f", value)

    private fun on(value: Boolean) = if (value) "on" else "off"

    fun text(effect: Effect): String = when (effect) {
        is Effect.LookUp -> listOfNotNull("look_up", effect.invitation, effect.server).joinToString(" ")
        is Effect.AskSystem -> "ask ${effect.grant.name.lowercase()}"
        is Effect.Join -> "join ${effect.surface?.name?.lowercase() ?: "technician"}"
        is Effect.Consent -> listOfNotNull("consent", if (effect.yes) "yes" else "no", effect.filmDays).joinToString(" ")
        is Effect.Capture -> "capture ${effect.surface?.name?.lowercase() ?: "nothing"}"
        is Effect.Switch -> "switch ${effect.surface.name.lowercase()}"
        is Effect.Pause -> "pause ${on(effect.on)}"
        is Effect.Freeze -> "freeze ${on(effect.on)}"
        is Effect.Torch -> "torch ${on(effect.on)}"
        is Effect.Zoom -> "zoom ${number(effect.ratio)}"
        is Effect.Lens -> "lens ${if (effect.front) "front" else "rear"}"
        is Effect.Faces -> "faces ${on(effect.on)}"
        is Effect.Watching -> "watch ${on(effect.on)}"
        is Effect.Draw -> "draw ${effect.stroke.frameTime}"
        Effect.Undo -> "undo"
        is Effect.Request -> "request ${effect.surface.name.lowercase()}"
        is Effect.Voice -> "voice ${if (effect.yes) "yes" else "no"}"
        is Effect.Listen -> "listen ${on(effect.on)}"
        is Effect.SendChat -> "send ${effect.id} ${effect.text}"
        is Effect.Hide -> (listOf("hide") + effect.boxes.map { box ->
            listOf(box.left, box.top, box.right, box.bottom).joinToString(",", transform = ::number)
        }).joinToString(" ")
        is Effect.Announce -> "say ${effect.phrase.name.lowercase()}"
        Effect.Leave -> "leave"
    }
}
