package org.sightline.assist.flow

import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Job
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.asStateFlow
import kotlinx.coroutines.launch
import org.sightline.assist.AssistError
import org.sightline.assist.AssistSession
import org.sightline.assist.Codec
import org.sightline.assist.JoinConfig
import org.sightline.assist.Stroke
import org.sightline.assist.Surface

/** What a phone does for a visit: all effects but those of the core. */
fun interface Phone {
    /** Carries out an effect; [session] is there from the moment of joining until the end. */
    fun perform(effect: Effect, session: AssistSession?)
}

/** How a phone takes part. */
data class Profile(
    val name: String,
    val codec: Codec = Codec.H264,
    val maxBitrateBps: Int = 2_500_000,
    /** Takes any TLS certificate; only for tests. */
    val insecure: Boolean = false,
)

/**
 * Runs a visit: keeps its state, asks the core for what the effects want, and gives the rest to the
 * phone. Everything happens on the one thread of [scope].
 */
class VisitRunner(
    private val scope: CoroutineScope,
    private val profile: Profile,
    private val nowMs: () -> Long,
    private val phone: Phone,
) {
    private val state = MutableStateFlow(Visit())
    private var session: AssistSession? = null
    private var attempt: Job? = null

    /** What is shown now, and all that follows. */
    val visits: StateFlow<Visit> = state.asStateFlow()

    /** The core's part, from the moment of joining until the end. */
    val joined: AssistSession? get() = session

    /** The server's address that codes belong to. */
    fun useServer(address: String?) {
        state.value = state.value.copy(server = address)
    }

    /** Something happened; to be called on the thread of the scope. */
    fun handle(input: Input) {
        val before = state.value
        val (next, effects) = reduce(before, input)
        state.value = next
        effects.forEach(::perform)
        if (before.live != null && next.live == null && Effect.Leave !in effects) close()
        // Whoever opens another link no longer waits for the answer about the first.
        if (input is Input.StartOver) attempt?.cancel()
    }

    private fun perform(effect: Effect) {
        val session = session
        when (effect) {
            is Effect.LookUp -> tryTo { lookUp(effect) }
            is Effect.Join -> tryTo { join(effect) }
            is Effect.Consent -> told { session?.setConsent(effect.yes, effect.filmDays) }
            is Effect.Pause -> told { session?.setPaused(effect.on) }
            is Effect.Voice -> told { session?.setMicrophone(effect.yes) }
            is Effect.Switch -> told { session?.showSurface(effect.surface, profile.codec) }
            is Effect.Draw -> scope.launch { handle(Input.Drew(drew(effect.stroke))) }
            Effect.Undo -> scope.launch { undone() }
            is Effect.Request -> told { session?.requestSurface(effect.surface) }
            is Effect.SendChat -> scope.launch { handle(Input.ChatAnswered(effect.id, delivered(effect.text))) }
            Effect.Leave -> scope.launch {
                told { session?.leave() }
                close()
            }
            else -> phone.perform(effect, session)
        }
    }

    private fun tryTo(call: suspend () -> Input) {
        attempt?.cancel()
        attempt = scope.launch {
            val answer = try {
                call()
            } catch (error: AssistError) {
                Input.Failed(error)
            }
            handle(answer)
        }
    }

    private suspend fun lookUp(effect: Effect.LookUp): Input =
        AssistSession().use { Input.LookedUp(it.lookUp(effect.invitation, effect.server, profile.insecure)) }

    private suspend fun join(effect: Effect.Join): Input {
        val joining = AssistSession()
        val place = try {
            joining.join(
                JoinConfig(
                    effect.link, name = profile.name, surface = effect.surface ?: Surface.CAMERA, codec = profile.codec,
                    maxBitrateBps = profile.maxBitrateBps, insecure = profile.insecure,
                ),
            )
        } catch (error: Throwable) {
            joining.close()
            throw error
        }
        session = joining
        // Events wait for a late listener, so that the first ones come after the answer.
        scope.launch { joining.events.collect { if (session === joining) handle(Input.Happened(it, nowMs())) } }
        return Input.Joined(place, nowMs())
    }

    private suspend fun delivered(text: String): Boolean = try {
        session?.sendChat(text) != null
    } catch (_: AssistError) {
        false
    }

    private suspend fun drew(stroke: Stroke): Boolean {
        val session = session ?: return false
        val there = try {
            session.draw(stroke)
            true
        } catch (_: AssistError) {
            false
        }
        // The tracker kept the frame while the finger drew on it; a picture that stands is kept on.
        val stands = state.value.live?.watch?.frozen == true
        if (!stands) stroke.frameTime?.let { frame -> told { session.holdFrame(frame, false) } }
        return there
    }

    /** Nothing to take back is no fault: somebody else may have cleared the picture. */
    private suspend fun undone() {
        try {
            session?.undo()
        } catch (_: AssistError.Refused) {
        } catch (_: AssistError.NotJoined) {
        } catch (error: AssistError) {
            handle(Input.Failed(error))
        }
    }

    /** A refusal of the core here means that the session is over, of which it also sends an event. */
    private inline fun told(call: () -> Unit) {
        try {
            call()
        } catch (_: AssistError.NotJoined) {
        } catch (error: AssistError) {
            handle(Input.Failed(error))
        }
    }

    private fun close() {
        session?.close()
        session = null
    }
}
