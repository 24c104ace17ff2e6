package org.sightline.assist.app

import android.content.Intent
import android.content.res.Configuration
import android.graphics.SurfaceTexture
import android.os.Bundle
import android.view.ScaleGestureDetector
import android.view.TextureView
import android.view.View
import android.view.WindowManager
import android.widget.Button
import android.widget.TextView
import org.sightline.assist.Cause
import org.sightline.assist.Size
import org.sightline.assist.Surface
import org.sightline.assist.flow.Box
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Live
import org.sightline.assist.flow.Screen
import org.sightline.assist.flow.Visit
import org.sightline.assist.platform.OverlayView
import java.util.Locale

/** The session: the camera with what the agent draws on it, and everything that can be done. */
class LiveActivity : VisitActivity(), TextureView.SurfaceTextureListener {
    private lateinit var picture: TextureView
    private lateinit var overlay: OverlayView
    private lateinit var boxes: HideView
    private lateinit var chat: ChatPanel
    private lateinit var scale: ScaleGestureDetector
    private var viewSurface: android.view.Surface? = null

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        setContentView(R.layout.activity_live)
        picture = view(R.id.picture)
        overlay = view(R.id.overlay)
        boxes = view(R.id.boxes)
        picture.surfaceTextureListener = this
        boxes.onBox = { app.handle(Input.BoxDrawn(it)) }
        chat = ChatPanel(view(R.id.chat)) { app.handle(it) }
        scale = ScaleGestureDetector(this, object : ScaleGestureDetector.SimpleOnScaleGestureListener() {
            override fun onScale(detector: ScaleGestureDetector): Boolean {
                live()?.let { app.handle(Input.Zoomed(it.zoom * detector.scaleFactor)) }
                return true
            }
        })
        picture.setOnTouchListener { view, event ->
            scale.onTouchEvent(event)
            view.performClick()
            true
        }
        val taps = mapOf(
            R.id.pause to Input.PauseTapped, R.id.freeze to Input.FreezeTapped, R.id.torch to Input.TorchTapped,
            R.id.microphone to Input.MicrophoneTapped, R.id.chat_button to Input.ChatTapped, R.id.end_button to Input.EndTapped,
            R.id.hide to Input.HideTapped, R.id.hide_clear to Input.BoxesCleared,
            // For those who cannot drag over the picture.
            R.id.hide_middle to Input.BoxDrawn(Box(0.25, 0.25, 0.75, 0.75)),
        )
        for ((id, input) in taps) view<View>(id).setOnClickListener { app.handle(input) }
        view<View>(R.id.zoom).setOnClickListener {
            // Whoever cannot pinch goes round: 1, 2, 4 times.
            live()?.let { app.handle(Input.Zoomed(if (it.zoom >= 4) 1.0 else if (it.zoom >= 2) 4.0 else 2.0)) }
        }
        app.phone.onCapture = ::bind
    }

    override fun onDestroy() {
        app.phone.onCapture = {}
        super.onDestroy()
    }

    private fun live(): Live? = (app.runner.visits.value.screen as? Screen.Session)?.live

    @Deprecated("The platform's own.")
    override fun onBackPressed() = app.handle(if (live()?.chatOpen == true) Input.ChatTapped else Input.EndTapped)

    override fun onConfigurationChanged(now: Configuration) {
        super.onConfigurationChanged(now)
        if (live()?.sending == Surface.CAMERA) app.phone.restart()
    }

    override fun show(visit: Visit) {
        val live = (visit.screen as? Screen.Session)?.live
        if (live == null) {
            startActivity(Intent(this, JoinActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP))
            finish()
            return
        }
        bars(live)
        curtain(live)
        hint(live)
        question(live)
        controls(live)
        boxes.show(if (live.sending == Surface.CAMERA) live.hidden else emptyList(), live.hiding)
        overlay.session = if (live.sending == Surface.CAMERA && !live.paused) app.runner.joined else null
        chat.show(live)
    }

    private fun bars(live: Live) {
        text(R.id.people, getString(R.string.live_with, live.agent))
        val (word, icon, color) = when {
            live.broken -> Triple(R.string.connection_reconnecting, R.drawable.ic_warm, R.color.state_warn)
            live.paused -> Triple(R.string.paused_title, R.drawable.ic_pause, R.color.state_warn)
            live.sending == null -> Triple(R.string.not_sharing_title, R.drawable.ic_hide, R.color.state_warn)
            else -> Triple(R.string.state_live, R.drawable.ic_eye, R.color.state_live)
        }
        view<TextView>(R.id.state).apply {
            if (text == getString(word)) return@apply
            setText(word)
            setCompoundDrawablesRelativeWithIntrinsicBounds(icon, 0, 0, 0)
            compoundDrawableTintList = android.content.res.ColorStateList.valueOf(getColor(color))
        }
    }

    private fun curtain(live: Live) {
        val curtain = view<View>(R.id.curtain)
        val button = view<Button>(R.id.curtain_button)
        val (title, words, action) = when {
            live.sending == null -> {
                val again = if (live.surface == Surface.CAMERA) R.string.arrive_camera else R.string.arrive_screen
                Triple(R.string.not_sharing_title, R.string.not_sharing_text, again to Input.Chose(live.surface))
            }
            live.paused -> Triple(R.string.paused_title, R.string.paused_text, R.string.resume to Input.PauseTapped)
            live.surface == Surface.SCREEN -> Triple(R.string.state_live, R.string.sharing_screen, R.string.arrive_camera to Input.Chose(Surface.CAMERA))
            else -> {
                curtain.visibility = View.GONE
                return
            }
        }
        curtain.visibility = View.VISIBLE
        text(R.id.curtain_title, getString(title))
        text(R.id.curtain_text, getString(words))
        button.setText(action.first)
        button.setOnClickListener { app.handle(action.second) }
    }

    /** One hint at a time: what helps most comes first. */
    private fun hint(live: Live) {
        val words = when {
            live.hiding -> R.string.hide_hint
            live.sending != Surface.CAMERA || live.paused -> null
            live.lost.isNotEmpty() -> R.string.hold_still
            live.saving == Cause.HEAT -> R.string.saving_heat
            live.saving == Cause.BATTERY -> R.string.saving_battery
            else -> null
        }
        view<TextView>(R.id.hint).apply {
            visibility = if (words == null) View.GONE else View.VISIBLE
            if (words != null && text != getString(words)) setText(words)
        }
        visible(R.id.hide_bar, live.hiding)
        visible(R.id.hide_clear, live.hidden.isNotEmpty())
    }

    /** One card at a time: the end, a problem, or what the agent asks for. */
    private fun question(live: Live) {
        val problem = live.problem
        val asked = live.question
        val card = when {
            live.ending -> Card(
                getString(R.string.end_text, live.agent), R.string.end_yes, R.string.end_no,
                { Input.EndAnswered(true, System.nanoTime() / 1_000_000) }, { Input.EndAnswered(false, 0) },
            )
            problem != null -> Card(words(problem, 0), R.string.understood, null, { Input.ProblemSeen }, { Input.ProblemSeen })
            asked == Surface.CAMERA -> Card(
                getString(R.string.ask_camera, live.agent), R.string.ask_yes_camera, R.string.ask_no,
                { Input.QuestionAnswered(true) }, { Input.QuestionAnswered(false) },
            )
            asked == Surface.SCREEN -> Card(
                getString(R.string.ask_screen, live.agent), R.string.ask_yes_screen, R.string.ask_no,
                { Input.QuestionAnswered(true) }, { Input.QuestionAnswered(false) },
            )
            else -> null
        }
        visible(R.id.question, card != null)
        if (card == null) return
        text(R.id.question_text, card.text)
        view<Button>(R.id.question_yes).apply {
            setText(card.yes)
            setOnClickListener { app.handle(card.onYes()) }
        }
        view<Button>(R.id.question_no).apply {
            visibility = if (card.no == null) View.GONE else View.VISIBLE
            card.no?.let(::setText)
            setOnClickListener { app.handle(card.onNo()) }
        }
    }

    private class Card(val text: String, val yes: Int, val no: Int?, val onYes: () -> Input, val onNo: () -> Input)

    private fun controls(live: Live) {
        val camera = live.sending == Surface.CAMERA && !live.paused
        visible(R.id.tools, camera && !live.hiding && !live.chatOpen)
        visible(R.id.controls, !live.chatOpen && !live.ending)
        visible(R.id.torch, app.phone.capture?.hasTorch == true)
        control(R.id.pause, if (live.paused) R.string.resume else R.string.pause, null, live.paused)
        view<View>(R.id.pause).isEnabled = live.sending != null
        control(R.id.freeze, R.string.freeze, if (live.frozen) R.string.freeze_off else R.string.freeze_on, live.frozen)
        control(R.id.torch, R.string.torch, if (live.torch) R.string.torch_off else R.string.torch_on, live.torch)
        control(R.id.hide, R.string.hide, R.string.hide_long, live.hidden.isNotEmpty())
        control(R.id.microphone, R.string.microphone, if (live.microphone) R.string.microphone_off else R.string.microphone_on, live.microphone)
        view<Button>(R.id.microphone)
            .setCompoundDrawablesRelativeWithIntrinsicBounds(0, if (live.microphone) R.drawable.ic_mic else R.drawable.ic_mic_off, 0, 0)
        view<Button>(R.id.pause)
            .setCompoundDrawablesRelativeWithIntrinsicBounds(0, if (live.paused) R.drawable.ic_play else R.drawable.ic_pause, 0, 0)
        val times = String.format(Locale.getDefault(), "%.1f", live.zoom)
        view<Button>(R.id.zoom).apply {
            text = if (live.zoom == 1.0) getString(R.string.zoom) else "$times×"
            contentDescription = getString(R.string.zoom_now, times)
            isActivated = live.zoom > 1
        }
        view<Button>(R.id.chat_button).apply {
            text = if (live.unread > 0) "${getString(R.string.chat)} ${live.unread}" else getString(R.string.chat)
            contentDescription = if (live.unread > 0) getString(R.string.chat_unread, live.unread.toString()) else getString(R.string.chat_open)
            isActivated = live.unread > 0
        }
    }

    private fun control(id: Int, word: Int, description: Int?, on: Boolean) {
        view<Button>(id).apply {
            setText(word)
            contentDescription = description?.let(::getString)
            isActivated = on
        }
    }

    private fun text(id: Int, words: String) {
        view<TextView>(id).apply { if (text.toString() != words) text = words }
    }

    private fun visible(id: Int, shown: Boolean) {
        view<View>(id).visibility = if (shown) View.VISIBLE else View.GONE
    }

    /** The view shows what is captured now, as it is sent. */
    private fun bind() {
        val capture = app.phone.capture ?: return
        val frame = Size(capture.size.width.toDouble(), capture.size.height.toDouble())
        overlay.frame = frame
        boxes.frame = frame
        overlay.shownTimeUs = { capture.shownTimeUs }
        capture.setView(viewSurface, picture.width, picture.height)
        live()?.let(::controls)
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
        viewSurface = android.view.Surface(texture)
        bind()
    }

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = bind()

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        app.phone.capture?.setView(null, 0, 0)
        viewSurface?.release()
        viewSurface = null
        return true
    }

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit
}
