package org.sightline.assist.app

import android.content.Context
import android.content.Intent
import android.os.Build
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
import org.sightline.assist.flow.Screen
import org.sightline.assist.platform.Capture
import org.sightline.assist.platform.PowerWatch
import org.sightline.assist.platform.ScreenOverlay

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

    /** What a technician watches, while in a session. */
    var watcher: Watcher? = null
        private set

    /** Told when [watcher] changes. */
    var onWatcher: () -> Unit = {}

    /** True while drawings on the shared screen are seen over all apps. */
    val drawsOver: Boolean get() = overlay != null

    private var overlay: ScreenOverlay? = null
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
            is Effect.Freeze -> watcher?.freeze(effect.on) ?: capture?.setFrozen(effect.on)
            is Effect.Lens -> restart()
            is Effect.Faces -> faces(effect.on, session ?: return)
            is Effect.Watching -> watch(if (effect.on) session else null)
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
                Surface.CAMERA -> {
                    val live = (app.runner.visits.value.screen as? Screen.Session)?.live
                    made.setFaces(live?.faces == true)
                    made.openCamera(app.displayDegrees(), live?.front == true)
                }
                Surface.SCREEN -> {
                    val answer = checkNotNull(screenAnswer) { "the screen was not granted" }
                    screenAnswer = null
                    made.openScreen(answer.resultCode, answer.data, app.wholeScreen(), app.resources.displayMetrics.densityDpi) {
                        handle(Input.CaptureStopped)
                    }
                    drawOver()
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

    /** The phone was turned, or the other camera is shown: the picture has another shape. */
    fun restart() {
        if (capture == null) return
        stop(keepService = true)
        begin(Surface.CAMERA, app)
    }

    /** The whole screen has another shape. From Android 14 on the system says so itself, also of one app. */
    fun turned() {
        val whole = app.wholeScreen()
        overlay?.setScreen(whole)
        if (Build.VERSION.SDK_INT < Build.VERSION_CODES.UPSIDE_DOWN_CAKE) {
            capture?.resizeScreen(whole, app.resources.displayMetrics.densityDpi)
        }
    }

    /**
     * Shows the drawings on the shared screen over all apps, if the person allowed it: asked again
     * whenever a screen of this app comes to the front.
     */
    fun drawOver() {
        val shared = capture?.takeIf { it.sharedSize != null } ?: return
        val session = app.runner.joined ?: return
        if (overlay != null || !ScreenOverlay.isAllowed(app)) return
        try {
            // Of one shared app it is not known where on the screen it is.
            val made = ScreenOverlay(app) {
                if (shared.sharedSize == app.wholeScreen()) session.overlayAt(shared.newestTimeUs) else emptyList()
            }
            made.setScreen(app.wholeScreen())
            overlay = made
        } catch (error: RuntimeException) {
            // Some systems allow it and refuse the window all the same; drawings are then seen in the app.
            android.util.Log.w("sightline", "no window over other apps", error)
        }
    }

    private fun faces(on: Boolean, session: AssistSession) {
        // First the core's promise, then the finder that keeps it.
        session.setPrivateDetector(on)
        capture?.setFaces(on)
    }

    private fun watch(session: AssistSession?) {
        watcher?.close()
        watcher = session?.let { Watcher(it) { work -> Handler(app.mainLooper).post(work) } }
        onWatcher()
    }

    private fun stop(keepService: Boolean = false) {
        requests?.cancel()
        requests = null
        overlay?.close()
        overlay = null
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
            if (capture == null) SharingService.stop(app)
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
