package org.sightline.assist.app

import android.content.Intent
import android.content.res.ColorStateList
import android.content.res.Configuration
import android.graphics.SurfaceTexture
import android.os.Bundle
import android.view.Gravity
import android.view.TextureView
import android.view.View
import android.view.WindowManager
import android.widget.Button
import android.widget.FrameLayout
import android.widget.LinearLayout
import android.widget.TextView
import org.sightline.assist.Fit
import org.sightline.assist.Homography
import org.sightline.assist.Point
import org.sightline.assist.Size
import org.sightline.assist.Surface
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Live
import org.sightline.assist.flow.Screen
import org.sightline.assist.flow.Tool
import org.sightline.assist.flow.Visit
import org.sightline.assist.flow.Watch
import org.sightline.assist.platform.OverlayView
import kotlin.math.roundToInt

/** A technician's side of the session: the customer's picture, whole, and a finger that draws on it. */
class WatchActivity : VisitActivity(), TextureView.SurfaceTextureListener {
    private lateinit var picture: TextureView
    private lateinit var overlay: OverlayView
    private lateinit var draw: DrawView
    private lateinit var chat: ChatPanel
    private lateinit var card: QuestionCard
    private var viewSurface: android.view.Surface? = null

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        window.addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON)
        setContentView(R.layout.activity_watch)
        picture = view(R.id.picture)
        overlay = view(R.id.overlay)
        draw = view(R.id.draw)
        picture.surfaceTextureListener = this
        overlay.fit = Fit.CONTAIN
        overlay.source = { app.phone.watcher?.drawings().orEmpty() }
        chat = ChatPanel(view(R.id.chat)) { app.handle(it) }
        card = QuestionCard(this) { app.handle(it) }
        draws()
        val taps = mapOf(
            R.id.undo to Input.UndoTapped, R.id.freeze to Input.FreezeTapped, R.id.microphone to Input.MicrophoneTapped,
            R.id.chat_button to Input.ChatTapped, R.id.end_button to Input.EndTapped,
            R.id.ask_camera to Input.Wanted(Surface.CAMERA),
        ) + TOOLS.map { (id, tool) -> id to Input.ToolChosen(tool) }
        for ((id, input) in taps) view<View>(id).setOnClickListener { app.handle(input) }
        // The picture takes its shape again whenever there is more or less room for it.
        view<View>(R.id.stage).addOnLayoutChangeListener { _, _, _, _, _, _, _, _, _ -> place() }
        arrange()
        app.phone.onWatcher = ::bind
        bind()
    }

    private fun draws() {
        draw.frameTime = { app.phone.watcher?.frameTime }
        draw.onBegin = { app.phone.watcher?.begin() }
        draw.onGiveUp = { app.phone.watcher?.giveUp(it) }
        draw.onDraft = { overlay.draft = it }
        draw.onStroke = { app.handle(Input.Sketched(it)) }
        draw.onPoint = { at, visible -> app.phone.watcher?.point(at.x, at.y, visible) }
    }

    override fun onDestroy() {
        app.phone.onWatcher = {}
        super.onDestroy()
    }

    private fun live(): Live? = (app.runner.visits.value.screen as? Screen.Session)?.live

    @Deprecated("The platform's own.")
    override fun onBackPressed() = app.handle(if (live()?.chatOpen == true) Input.ChatTapped else Input.EndTapped)

    override fun onConfigurationChanged(now: Configuration) {
        super.onConfigurationChanged(now)
        arrange()
    }

    /** The tools lie under the picture, or beside it on a phone that lies. */
    private fun arrange() {
        val lies = resources.configuration.orientation == Configuration.ORIENTATION_LANDSCAPE
        val match = LinearLayout.LayoutParams.MATCH_PARENT
        view<LinearLayout>(R.id.body).orientation = if (lies) LinearLayout.HORIZONTAL else LinearLayout.VERTICAL
        view<View>(R.id.stage).layoutParams =
            if (lies) LinearLayout.LayoutParams(0, match, 1f) else LinearLayout.LayoutParams(match, 0, 1f)
        chat.arrange()
        view<LinearLayout>(R.id.panel).gravity = Gravity.BOTTOM
        view<View>(R.id.panel).layoutParams =
            if (lies) LinearLayout.LayoutParams((PANEL_DP * resources.displayMetrics.density).toInt(), match)
            else LinearLayout.LayoutParams(match, LinearLayout.LayoutParams.WRAP_CONTENT)
    }

    /** The view of the picture gets exactly the place of the whole picture, so that nothing is stretched. */
    private fun place() {
        val stage = view<View>(R.id.stage)
        val map = Homography.screenFromFrame(Size(stage.width.toDouble(), stage.height.toDouble()), overlay.frame, Fit.CONTAIN)
        val (first, last) = Pair(checkNotNull(map.apply(Point(0.0, 0.0))), checkNotNull(map.apply(Point(1.0, 1.0))))
        val (width, height) = Pair((last.x - first.x).roundToInt(), (last.y - first.y).roundToInt())
        val now = picture.layoutParams as FrameLayout.LayoutParams
        if (width <= 0 || height <= 0 || now.width == width && now.height == height) return
        // Not while the layout is being made.
        picture.post { picture.layoutParams = FrameLayout.LayoutParams(width, height, Gravity.CENTER) }
    }

    override fun show(visit: Visit) {
        val live = (visit.screen as? Screen.Session)?.live
        val watch = live?.watch
        if (live == null || watch == null) {
            startActivity(Intent(this, JoinActivity::class.java).addFlags(Intent.FLAG_ACTIVITY_CLEAR_TOP))
            finish()
            return
        }
        text(R.id.people, getString(R.string.live_with, live.agent))
        state(live, watch)
        curtain(watch)
        hint(live, watch)
        question(live)
        controls(live, watch)
        draw.tool = watch.tool.takeIf { watch.shows && !live.ending }
        chat.show(live)
    }

    private fun state(live: Live, watch: Watch) {
        val (word, icon, color) = when {
            live.broken -> Triple(R.string.connection_reconnecting, R.drawable.ic_warm, R.color.state_warn)
            watch.frozen -> Triple(R.string.state_frozen, R.drawable.ic_freeze, R.color.state_warn)
            watch.shows -> Triple(R.string.state_live, R.drawable.ic_eye, R.color.state_live)
            watch.paused -> Triple(R.string.paused_title, R.drawable.ic_pause, R.color.state_warn)
            else -> Triple(R.string.state_no_picture, R.drawable.ic_hide, R.color.state_warn)
        }
        view<TextView>(R.id.state).apply {
            if (text.toString() == getString(word)) return@apply
            setText(word)
            setCompoundDrawablesRelativeWithIntrinsicBounds(icon, 0, 0, 0)
            compoundDrawableTintList = ColorStateList.valueOf(getColor(color))
        }
    }

    private fun curtain(watch: Watch) {
        visible(R.id.curtain, !watch.shows)
        visible(R.id.ask_camera, watch.surface == null && !watch.asked)
        val words = when {
            watch.paused -> R.string.watch_paused
            watch.asked -> R.string.watch_asked
            else -> R.string.watch_waiting
        }
        text(R.id.curtain_title, getString(words))
    }

    private fun hint(live: Live, watch: Watch) {
        val words = when {
            !watch.shows -> null
            live.lost.isNotEmpty() -> R.string.watch_lost
            watch.hiddenParts > 0 -> R.string.watch_hidden
            else -> null
        }
        view<TextView>(R.id.hint).apply {
            visibility = if (words == null) View.GONE else View.VISIBLE
            if (words != null && text.toString() != getString(words)) setText(words)
        }
    }

    private fun question(live: Live) {
        val problem = live.problem
        card.show(
            when {
                live.ending -> Card(
                    getString(R.string.leave_text), R.string.leave_yes, R.string.end_no,
                    { Input.EndAnswered(true, System.nanoTime() / 1_000_000) }, { Input.EndAnswered(false, 0) },
                )
                problem != null -> Card(words(problem, 0), R.string.understood, null, { Input.ProblemSeen }, { Input.ProblemSeen })
                else -> null
            },
        )
    }

    private fun controls(live: Live, watch: Watch) {
        // A card needs the room, and is the one next step.
        for (id in listOf(R.id.drawing, R.id.steps)) visible(id, !live.chatOpen && !live.ending && live.problem == null)
        visible(R.id.controls, !live.chatOpen && !live.ending)
        for ((id, tool) in TOOLS) view<Button>(id).apply {
            isActivated = watch.shows && watch.tool == tool
            // Said as "selected", beside the colour.
            isSelected = isActivated
            enable(watch.shows)
        }
        view<Button>(R.id.undo).apply {
            enable(watch.strokes > 0)
            contentDescription = getString(R.string.undo_long)
        }
        view<Button>(R.id.freeze).apply {
            enable(watch.shows)
            isActivated = watch.frozen
            contentDescription = getString(if (watch.frozen) R.string.freeze_off else R.string.freeze_on)
        }
        view<Button>(R.id.microphone).apply {
            isActivated = live.microphone
            contentDescription = getString(if (live.microphone) R.string.microphone_off else R.string.microphone_on)
            setCompoundDrawablesRelativeWithIntrinsicBounds(0, if (live.microphone) R.drawable.ic_mic else R.drawable.ic_mic_off, 0, 0)
        }
        view<Button>(R.id.chat_button).apply {
            text = if (live.unread > 0) "${getString(R.string.chat)} ${live.unread}" else getString(R.string.chat)
            contentDescription = if (live.unread > 0) getString(R.string.chat_unread, live.unread.toString()) else getString(R.string.chat_open)
            isActivated = live.unread > 0
        }
    }

    private fun View.enable(on: Boolean) {
        isEnabled = on
        alpha = if (on) 1f else UNAVAILABLE_ALPHA
    }

    private fun text(id: Int, words: String) {
        view<TextView>(id).apply { if (text.toString() != words) text = words }
    }

    private fun visible(id: Int, shown: Boolean) {
        view<View>(id).visibility = if (shown) View.VISIBLE else View.GONE
    }

    /** What is received goes onto the view. */
    private fun bind() {
        val watcher = app.phone.watcher ?: return
        watcher.onSize = ::sized
        sized()
        viewSurface?.let(watcher::show)
    }

    private fun sized() {
        val size = app.phone.watcher?.size ?: return
        overlay.frame = Size(size.width.toDouble(), size.height.toDouble())
        draw.frame = overlay.frame
        place()
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) {
        viewSurface = android.view.Surface(texture)
        bind()
    }

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture): Boolean {
        app.phone.watcher?.show(null)
        viewSurface?.release()
        viewSurface = null
        return true
    }

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) {
        app.phone.watcher?.shown(texture.timestamp)
    }

    private companion object {
        /** How faint a control is that does nothing now. */
        const val UNAVAILABLE_ALPHA = 0.45f

        /** Width of the tools beside the picture. */
        const val PANEL_DP = 300

        val TOOLS = mapOf(
            R.id.tool_pointer to Tool.POINTER, R.id.tool_arrow to Tool.ARROW,
            R.id.tool_circle to Tool.CIRCLE, R.id.tool_freehand to Tool.FREEHAND,
        )
    }
}
