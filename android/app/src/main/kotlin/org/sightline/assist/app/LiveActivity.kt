package org.sightline.assist.app

import android.content.Intent
import android.net.Uri
import android.provider.Settings
import android.content.res.Configuration
import android.graphics.SurfaceTexture
import android.os.Bundle
import android.view.ScaleGestureDetector
import android.view.TextureView
import android.view.View
import android.view.WindowManager
import android.widget.Button
import android.widget.GridLayout
import android.widget.TextView
import org.sightline.assist.Cause
import org.sightline.assist.Drawing
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
    private lateinit var card: QuestionCard
    private lateinit var scale: ScaleGestureDetector
    private var viewSurface: android.view.Surface? = null

    /** Capture time in microseconds of the picture on the view; tests give their own. */
    internal var shownTimeUs: () -> Long = { app.phone.capture?.shownTimeUs ?: 0 }

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
        card = QuestionCard(this) { app.handle(it) }
        arrange()
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
            R.id.switch_camera to Input.SwitchTapped, R.id.faces to Input.FacesTapped,
            // For those who cannot drag over the picture.
            R.id.hide_middle to Input.BoxDrawn(Box(0.25, 0.25, 0.75, 0.75)),
        )
        for ((id, input) in taps) view<View>(id).setOnClickListener { app.handle(input) }
        view<View>(R.id.zoom).setOnClickListener {
            // Whoever cannot pinch goes round: 1, 2, 4 times.
            live()?.let { app.handle(Input.Zoomed(if (it.zoom >= 4) 1.0 else if (it.zoom >= 2) 4.0 else 2.0)) }
        }
        view<View>(R.id.over_button).setOnClickListener { askOver() }
        app.phone.onCapture = ::bind
    }

    override fun onDestroy() {
        app.phone.onCapture = {}
        super.onDestroy()
    }

    private fun live(): Live? = (app.runner.visits.value.screen as? Screen.Session)?.live

    @Deprecated("The platform's own.")
    override fun onBackPressed() = app.handle(if (live()?.chatOpen == true) Input.ChatTapped else Input.EndTapped)

    /** A phone that lies has less height: more columns of tools, a lower chat. */
    private fun arrange() {
        view<GridLayout>(R.id.tools).columnCount = resources.getInteger(R.integer.tool_columns)
        view<View>(R.id.curtain).apply {
            fun size(id: Int) = resources.getDimensionPixelSize(id)
            setPaddingRelative(paddingStart, size(R.dimen.curtain_top), paddingEnd, size(R.dimen.curtain_bottom))
        }
        chat.arrange()
    }

    override fun onConfigurationChanged(now: Configuration) {
        super.onConfigurationChanged(now)
        arrange()
        if (live()?.sending == Surface.CAMERA) app.phone.restart()
    }

    override fun show(visit: Visit) {
        val live = (visit.screen as? Screen.Session)?.live
        if (live == null || live.watch != null) {
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
        overlay.source = drawings(live)
        chat.show(live)
    }

    /** On the camera's picture, and on the shared screen unless a window over all apps has them. */
    private fun drawings(live: Live): () -> List<Drawing> {
        val session = app.runner.joined
        val capture = app.phone.capture
        return when {
            session == null || live.paused -> { { emptyList() } }
            live.sending == Surface.CAMERA -> { { session.overlayAt(shownTimeUs()) } }
            live.sending == Surface.SCREEN && capture != null -> {
                { if (app.phone.drawsOver || capture.sharedSize != wholeScreen()) emptyList() else session.overlayAt(capture.newestTimeUs) }
            }
            else -> { { emptyList() } }
        }
    }

    private fun bars(live: Live) {
        text(R.id.people, getString(R.string.live_with, live.agent))
        val (word, icon, color) = when {
            live.broken -> Triple(R.string.connection_reconnecting, R.drawable.ic_warm, R.color.state_warn)
            live.paused -> Triple(R.string.paused_title, R.drawable.ic_pause, R.color.state_warn)
            live.sending == null -> Triple(R.string.not_sharing_title, R.drawable.ic_hide, R.color.state_warn)
            else -> Triple(R.string.state_live, R.drawable.ic_eye, R.color.state_live)
        }
        val said = if (live.kept) "${getString(word)} · ${getString(R.string.state_kept)}" else getString(word)
        view<TextView>(R.id.state).apply {
            if (text == said) return@apply
            text = said
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
        overScreen(live)
        text(R.id.curtain_title, getString(title))
        text(R.id.curtain_text, getString(words))
        visible(R.id.curtain_button, !live.asks)
        button.setText(action.first)
        button.setOnClickListener { app.handle(action.second) }
    }

    /** Whether drawings on the shared screen are seen over other apps, and the way to allow it. */
    private fun overScreen(live: Live) {
        val shares = live.sending == Surface.SCREEN && !live.paused
        visible(R.id.over_text, shares)
        visible(R.id.over_button, shares && !app.phone.drawsOver && !live.asks)
        if (shares) text(R.id.over_text, getString(if (app.phone.drawsOver) R.string.over_everywhere else R.string.over_here, live.agent))
    }

    /** The system's own page of the permission to draw over other apps; a no there is a no. */
    private fun askOver() = startActivity(Intent(Settings.ACTION_MANAGE_OVERLAY_PERMISSION, Uri.fromParts("package", packageName, null)))

    override fun onResume() {
        super.onResume()
        // The person may come back from that page.
        app.phone.drawOver()
        if (live() != null) show(app.runner.visits.value)
    }

    /** One hint at a time: what helps most comes first. */
    private fun hint(live: Live) {
        val words = when {
            live.hiding -> R.string.hide_hint
            live.sending != Surface.CAMERA || live.paused -> null
            live.covered -> R.string.faces_looking
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
        view<Button>(R.id.faces).setText(if (live.faces) R.string.faces_show else R.string.faces_hide)
    }

    /** A card is shown: it needs the room, and is the one next step. */
    private val Live.asks get() = ending || problem != null || question != null

    /** One card at a time: the end, a problem, or what the agent asks for. */
    private fun question(live: Live) {
        val problem = live.problem
        val asked = live.question
        val question = when {
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
        card.show(question)
    }

    private fun controls(live: Live) {
        val camera = live.sending == Surface.CAMERA && !live.paused
        visible(R.id.tools, camera && !live.hiding && !live.chatOpen && !live.asks)
        visible(R.id.controls, !live.chatOpen && !live.ending)
        visible(R.id.torch, app.phone.capture?.hasTorch == true)
        visible(R.id.switch_camera, app.hasBothCameras)
        control(R.id.pause, if (live.paused) R.string.resume else R.string.pause, null, live.paused)
        view<View>(R.id.pause).isEnabled = live.sending != null
        control(R.id.freeze, R.string.freeze, if (live.frozen) R.string.freeze_off else R.string.freeze_on, live.frozen)
        control(R.id.torch, R.string.torch, if (live.torch) R.string.torch_off else R.string.torch_on, live.torch)
        control(R.id.hide, R.string.hide, R.string.hide_long, live.hidden.isNotEmpty() || live.faces)
        control(R.id.switch_camera, R.string.switch_camera, if (live.front) R.string.switch_rear else R.string.switch_front, live.front)
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
        val size = capture.sharedSize ?: capture.size
        val frame = Size(size.width.toDouble(), size.height.toDouble())
        overlay.frame = frame
        boxes.frame = frame
        overlay.isOnScreen = capture.sharedSize != null
        capture.setView(viewSurface, picture.width, picture.height)
        app.runner.visits.value.let { if (live() != null) show(it) }
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
