package org.sightline.assist.app

import android.content.Context
import android.content.Intent
import android.os.Handler
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.sightline.assist.AssistSession
import org.sightline.assist.Part
import org.sightline.assist.Surface
import org.sightline.assist.flow.Box
import org.sightline.assist.flow.Effect
import org.sightline.assist.flow.Grant
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Phone
import org.sightline.assist.platform.Capture
import org.sightline.assist.platform.Pixels
import org.sightline.assist.platform.PowerWatch

/** What only an Activity can do for a visit. */
interface Front {
    /** Asks the system's own question and answers with [Input.SystemAnswered]. */
    fun ask(grant: Grant)

    /** Says something to those who cannot see. */
    fun announce(words: String)
}

/** The system's answer to "share your screen?", good for one time. */
class ScreenAnswer(val resultCode: Int, val data: Intent)

/** Carries out what the visit wants of the phone. All on the main thread. */
class AppPhone(private val app: SightlineApp, private val handle: (Input) -> Unit) : Phone {
    /** The Activity in front, if any. */
    var front: Front? = null

    /** Set by the Activity that asked, used up by the next sharing. */
    var screenAnswer: ScreenAnswer? = null

    /** What is captured at this moment. */
    var capture: Capture? = null
        private set

    /** Told when [capture] changes. */
    var onCapture: () -> Unit = {}

    private var voice: Voice? = null
    private var power: PowerWatch? = null
    private var requests: Job? = null
    private var boxes = emptyList<Box>()
    private var wish: Int? = null
    private var hiddenIn: AssistSession? = null

    override fun perform(effect: Effect, session: AssistSession?) {
        when (effect) {
            is Effect.AskSystem -> front?.ask(effect.grant) ?: handle(Input.SystemAnswered(effect.grant, yes = false))
            is Effect.Capture -> effect.surface.let { if (it == null) stop() else start(it) }
            is Effect.Hide -> hide(effect.boxes, session ?: return)
            is Effect.Listen -> listen(effect.on, session)
            is Effect.Freeze -> capture?.setFrozen(effect.on)
            is Effect.Torch -> capture?.setTorch(effect.on)
            is Effect.Zoom -> capture?.setZoom(effect.ratio)
            is Effect.Announce -> front?.announce(app.words(effect))
            else -> Unit
        }
    }

    private fun start(surface: Surface) {
        stop()
        try {
            SharingService.start(app, surface, voice != null)
        } catch (error: RuntimeException) {
            // Android does not let an app in the background begin to film.
            failed(error)
        }
    }

    /** Called by the service once the system knows that something is shared. */
    fun begin(surface: Surface, context: Context) {
        val session = app.runner.joined ?: return stop()
        try {
            val made = Capture(context, session, MAX_BITRATE_BPS) { error -> Handler(app.mainLooper).post { failed(error) } }
            capture = made
            remember(session)
            cover(made, session)
            when (surface) {
                Surface.CAMERA -> made.openCamera(app.displayDegrees())
                Surface.SCREEN -> {
                    val answer = checkNotNull(screenAnswer) { "the screen was not granted" }
                    screenAnswer = null
                    val metrics = app.resources.displayMetrics
                    made.openScreen(answer.resultCode, answer.data, Pixels(metrics.widthPixels, metrics.heightPixels), metrics.densityDpi) {
                        handle(Input.CaptureStopped)
                    }
                }
            }
            requests = app.scope.launch { session.encoderRequests.collect { made.handle(it) } }
            power = PowerWatch(app, session, Handler(app.mainLooper))
        } catch (error: Exception) {
            failed(error)
        }
        onCapture()
    }

    private fun failed(error: Exception) {
        android.util.Log.w("sightline", "capture failed", error)
        handle(Input.CaptureFailed)
    }

    /** The phone was turned: the picture has another shape. */
    fun restart() {
        if (capture == null) return
        stop(keepService = true)
        begin(Surface.CAMERA, app)
    }

    private fun stop(keepService: Boolean = false) {
        requests?.cancel()
        requests = null
        capture?.close()
        capture = null
        if (!keepService && voice == null) SharingService.stop(app)
        power?.close()
        power = null
        onCapture()
    }

    private fun hide(wanted: List<Box>, session: AssistSession) {
        remember(session)
        boxes = wanted
        wish = session.hide(wanted.map { Part(it.left.toFloat(), it.top.toFloat(), (it.right - it.left).toFloat(), (it.bottom - it.top).toFloat()) })
        capture?.let { cover(it, session) }
    }

    private fun remember(session: AssistSession) {
        if (hiddenIn === session) return
        hiddenIn = session
        boxes = emptyList()
        wish = null
    }

    /** Paints over what is hidden, then tells the core from when on. */
    private fun cover(into: Capture, session: AssistSession) {
        val from = into.setHidden(boxes)
        wish?.let { session.hidingApplied(it, from) }
    }

    private fun listen(on: Boolean, session: AssistSession?) {
        if (!on || session == null) {
            voice?.close()
            voice = null
            return
        }
        if (voice != null) return
        try {
            SharingService.start(app, null, microphone = true)
            voice = Voice(app, session) { error -> Handler(app.mainLooper).post { soundFailed(error) } }
        } catch (error: RuntimeException) {
            soundFailed(error)
        }
    }

    private fun soundFailed(error: Exception) {
        android.util.Log.w("sightline", "sound failed", error)
        handle(Input.SoundFailed)
    }

    private companion object {
        const val MAX_BITRATE_BPS = 2_500_000
    }
}
