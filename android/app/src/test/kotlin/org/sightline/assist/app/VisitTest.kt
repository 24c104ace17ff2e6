package org.sightline.assist.app

import android.Manifest
import android.content.Intent
import android.net.Uri
import android.os.Looper
import android.view.MotionEvent
import android.view.View
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.TextView
import com.fasterxml.jackson.databind.JsonNode
import kotlinx.coroutines.runBlocking
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowChoreographer
import org.sightline.assist.Agent
import org.sightline.assist.AssistEvent
import org.sightline.assist.AssistSession
import org.sightline.assist.Clip
import org.sightline.assist.Codec
import org.sightline.assist.Connection
import org.sightline.assist.Fit
import org.sightline.assist.Homography
import org.sightline.assist.JoinConfig
import org.sightline.assist.PATIENCE_SECONDS
import org.sightline.assist.Picture
import org.sightline.assist.Point
import org.sightline.assist.Push
import org.sightline.assist.RealServer
import org.sightline.assist.Size
import org.sightline.assist.Status
import org.sightline.assist.Turn
import org.sightline.assist.flow.Delivery
import org.sightline.assist.flow.Screen
import org.sightline.assist.flow.Tool
import org.sightline.assist.platform.OverlayView
import org.sightline.assist.platform.VideoDecoder
import java.nio.ByteBuffer
import java.time.Duration
import java.util.concurrent.locks.LockSupport

/** The clip is VP8, as a phone without an H.264 encoder would send it. */
class ClipApp : SightlineApp() {
    override val codec: Codec get() = Codec.VP8
}

/** The app's Activities in a session of a real server, by taps; the clip plays the camera. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "en-w360dp-h740dp-xhdpi", application = ClipApp::class)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class VisitTest {
    /** The overlay asks for every frame of the screen: time must not run by itself. */
    @Before
    fun holdFrames() {
        ShadowChoreographer.setPaused(true)
        ShadowChoreographer.setFrameDelay(Duration.ofMillis(16))
    }

    private val app: SightlineApp get() = RuntimeEnvironment.getApplication() as SightlineApp
    private val clip = Clip()

    /** Lets the app go on until something is so. */
    private fun until(what: String, isSo: () -> Boolean) {
        val end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000
        while (!isSo()) {
            check(System.nanoTime() < end) { "never: $what; ${app.runner.visits.value}" }
            // A frame of the screen at a time: until one was laid out, the system holds everything else back.
            shadowOf(Looper.getMainLooper()).idleFor(Duration.ofMillis(16))
            // The library's threads must get the queue's lock in between.
            LockSupport.parkNanos(2_000_000)
        }
    }

    /** Plays these frames of the clip as this phone's camera. */
    private fun push(phone: AssistSession, frame: Int): Push {
        val time = clip.timeUs(frame)
        phone.pushLuma(time, clip.width, clip.height, clip.width, Turn.NONE, clip.luma(frame))
        return phone.pushEncodedVideo(time, clip.keyframe(frame), clip.width, clip.height, clip.encoded(frame))
    }

    private fun live() = (app.runner.visits.value.screen as? Screen.Session)?.live

    @Test
    fun `from a tapped link to the agent's drawing on the picture`() {
        RealServer().use { server ->
            server.agent().use { agent ->
                val link = Intent(Intent.ACTION_VIEW, Uri.parse(server.customerLink()))
                val join = Robolectric.buildActivity(JoinActivity::class.java, link).setup().get()
                until("who asks is shown") { join.view<View>(R.id.asked).visibility == View.VISIBLE }
                join.layOut(720, 1480)
                join.paint("real-1-asked")
                assertTrue(join.view<TextView>(R.id.who).text.toString().isNotEmpty())

                // The system says no, then yes: nothing begins before.
                join.view<Button>(R.id.show_camera).performClick()
                join.onRequestPermissionsResult(0, arrayOf(Manifest.permission.CAMERA), intArrayOf(-1))
                until("the no is told") { join.view<TextView>(R.id.problem).text == join.getString(R.string.camera_denied) }
                assertNull(app.runner.joined)
                shadowOf(app).grantPermissions(Manifest.permission.CAMERA)
                join.view<Button>(R.id.show_camera).performClick()
                until("the camera may film") { live()?.sending != null }
                val service = shadowOf(app).nextStartedService
                assertEquals(SharingService::class.java.name, service.component!!.className)
                assertEquals("CAMERA", service.getStringExtra("surface"))

                until("the session is shown") { shadowOf(join).peekNextStartedActivity() != null }
                val next = shadowOf(join).nextStartedActivity
                assertEquals(LiveActivity::class.java.name, next.component!!.className)
                val screen = Robolectric.buildActivity(LiveActivity::class.java).setup().get()
                screen.layOut(720, 1480)
                film(agent, screen)
                chat(agent, screen)
                session(app).close()
            }
        }
    }

    @Test
    fun `a technician comes by a link, sees the picture, draws on it, takes it back and leaves`() {
        RealServer().use { server ->
            server.agent().use { agent ->
                AssistSession().use { phone ->
                    runBlocking { phone.join(JoinConfig(server.customerLink(), name = "Phone", codec = Codec.VP8, maxBitrateBps = 4_000_000)) }
                    phone.setConsent(true)
                    until("the customer films") { phone.events.replayCache.any { it is AssistEvent.SendingStarted } }
                    val link = Intent(Intent.ACTION_VIEW, Uri.parse(server.technicianLink()))
                    val join = Robolectric.buildActivity(JoinActivity::class.java, link).setup().get()
                    until("the invitation is shown") { join.view<View>(R.id.watch_join).visibility == View.VISIBLE }
                    assertEquals("a technician is asked for no camera", View.GONE, join.view<View>(R.id.show_camera).visibility)
                    join.view<Button>(R.id.watch_join).performClick()
                    until("the session is shown") { shadowOf(join).peekNextStartedActivity() != null }
                    assertEquals(WatchActivity::class.java.name, shadowOf(join).nextStartedActivity.component!!.className)
                    val screen = Robolectric.buildActivity(WatchActivity::class.java).setup().get()
                    until("there is a picture") { live()?.watch?.shows == true }
                    val heard = checkNotNull(app.runner.joined).events
                    val connected = AssistEvent.ConnectionChanged(Connection.MEDIA_CONNECTED)
                    until("pictures go out") { phone.events.replayCache.contains(connected) }
                    until("pictures can come") { heard.replayCache.contains(connected) }
                    watch(phone, agent, screen)
                    chat(agent, screen)
                    screen.view<Button>(R.id.end_button).performClick()
                    until("it is asked") { screen.view<View>(R.id.question).visibility == View.VISIBLE }
                    assertEquals(screen.getString(R.string.leave_text), screen.view<TextView>(R.id.question_text).text.toString())
                    screen.view<Button>(R.id.question_yes).performClick()
                    until("it is over") { (app.runner.visits.value.screen as? Screen.End)?.receipt?.watched == true }
                    until("the session is left") { app.runner.joined == null }
                    // The session goes on for the others.
                    assertTrue("the customer still sends", push(phone, 0) != Push.NOT_SENDING)
                    phone.close()
                }
            }
        }
    }

    /** The phone's own decoder is not here: frames are taken as it would take them, and one stands on the screen. */
    private fun watch(phone: AssistSession, agent: Agent, screen: WatchActivity) {
        val session = checkNotNull(app.runner.joined)
        val watcher = checkNotNull(app.phone.watcher)
        val frames = mutableListOf<Picture>()
        var filmed = 0
        // The camera goes on for so many frames, or stands still once the clip is over.
        fun roll(count: Int) = clip.play((filmed..<minOf(filmed + count, clip.frames)).asSequence()) { frame ->
            push(phone, frame)
            filmed = frame + 1
            generateSequence { session.nextVideo(0) }.forEach(frames::add)
        }
        roll(31)
        until("a picture came") {
            if (frames.isEmpty()) roll(5)
            frames.isNotEmpty() || session.nextVideo(100)?.let(frames::add) == true
        }
        assertTrue("it begins with a keyframe", frames[0].keyframe)
        val shown = frames.last()
        watcher.shown(VideoDecoder.timeOf(shown.frameTime) * 1_000)
        val draw = screen.view<DrawView>(R.id.draw)
        val frame = Size(shown.width.toDouble(), shown.height.toDouble())
        screen.view<OverlayView>(R.id.overlay).frame = frame
        draw.frame = frame
        screen.view<Button>(R.id.tool_circle).performClick()
        until("the tool is chosen") { draw.tool == Tool.CIRCLE }
        screen.layOut(720, 1480)

        // A finger around the point of the board, from its middle to the right.
        val map = Homography.screenFromFrame(Size(draw.width.toDouble(), draw.height.toDouble()), frame, Fit.CONTAIN)
        val (x, y) = clip.truth((0..<clip.frames).single { clip.encoded(it) == ByteBuffer.wrap(shown.data) }, 1)
        val middle = checkNotNull(map.apply(Point(x, y)))
        fun touch(action: Int, right: Float) =
            draw.dispatchTouchEvent(MotionEvent.obtain(0, 0, action, middle.x.toFloat() + right, middle.y.toFloat(), 0))
        touch(MotionEvent.ACTION_DOWN, 0f)
        touch(MotionEvent.ACTION_MOVE, 20f)
        touch(MotionEvent.ACTION_UP, 45f)
        until("the own drawing is on the picture at once") { watcher.drawings().isNotEmpty() }
        assertEquals(1, live()?.watch?.strokes)
        fun op(message: JsonNode, type: String) = message["events"].map { it["op"] }.firstOrNull { it["type"].asText() == type }
        val added = agent.next("annotation_events") { op(it, "added") != null }
        val annotation = checkNotNull(op(added, "added"))["annotation"]
        assertEquals("the frame that was on screen", shown.frameTime.toUInt().toLong(), annotation["frame_time"].asLong())
        assertEquals(x, annotation["shape"]["center"][0].asDouble(), 0.002)
        assertEquals(45.0 / draw.width, annotation["shape"]["radius"][0].asDouble(), 0.002)

        // The camera goes on: the drawing lies on the frame that is on screen then.
        roll(30)
        until("the drawing is on the picture") {
            roll(5)
            generateSequence { session.nextVideo(0) }.forEach(frames::add)
            watcher.shown(VideoDecoder.timeOf(frames.last().frameTime) * 1_000)
            frames.last() !== shown && watcher.drawings().any { it.status == Status.TRACKING }
        }
        screen.view<OverlayView>(R.id.overlay).doFrame(0)
        screen.layOut(720, 1480)
        screen.paint("real-4-watch")

        screen.view<Button>(R.id.undo).performClick()
        until("it is gone") { watcher.drawings().isEmpty() }
        agent.next("annotation_events") { op(it, "hidden") != null }
    }

    private fun film(agent: Agent, screen: LiveActivity) {
        val session = checkNotNull(app.runner.joined)
        val surface = agent.next("surface_updated") { true }["surface"]["id"].asText()
        val overlay = screen.view<OverlayView>(R.id.overlay)
        overlay.frame = Size(clip.width.toDouble(), clip.height.toDouble())
        fun push(frame: Int) = assertTrue("frame $frame is not sent", push(session, frame) != Push.NOT_SENDING)
        clip.play((0..10).asSequence(), ::push)
        val drawnOn = clip.truth(10, 1)
        agent.circle("c1", surface, null, drawnOn.first, drawnOn.second)
        until("the drawing is told") { app.runner.visits.value.drawings == 1 }
        clip.play((11..40).asSequence(), ::push)
        val (x, y) = clip.truth(40, 1)
        screen.shownTimeUs = { clip.timeUs(40) }
        until("the drawing is on the picture") { session.overlayAt(clip.timeUs(40)).isNotEmpty() }
        overlay.doFrame(0)
        val bitmap = screen.paint("real-2-live")
        // The circle's own colour stands where the agent drew, on the cropped picture.
        val map = org.sightline.assist.Homography.screenFromFrame(Size(720.0, 1480.0), overlay.frame, org.sightline.assist.Fit.COVER)
        val top = checkNotNull(map.apply(org.sightline.assist.Point(x, y - 0.1)))
        val color = session.overlayAt(clip.timeUs(40)).single().color
        val around = (-12..12).map { bitmap.getPixel(top.x.toInt().coerceIn(0, 719), (top.y.toInt() + it).coerceIn(0, 1479)) }
        assertTrue("colour $color near $top in ${around.map(Integer::toHexString)}", around.any { it != around.first() })
    }

    /** The agent asks, the customer reads it and answers by taps; both sides have both lines. */
    private fun chat(agent: Agent, screen: VisitActivity) {
        agent.send("""{"type":"chat_send","client_id":"q1","text":"Is the light on?"}""")
        until("the question is counted") { live()?.unread == 1 }
        until("the button tells") { screen.view<Button>(R.id.chat_button).text.endsWith(" 1") }
        screen.view<Button>(R.id.chat_button).performClick()
        until("the question is read") { lines(screen).any { it.endsWith("Is the light on?") } }
        assertEquals(0, live()?.unread)
        screen.view<EditText>(R.id.chat_field).setText("No, it blinks")
        screen.view<View>(R.id.chat_send).performClick()
        assertEquals("", screen.view<EditText>(R.id.chat_field).text.toString())
        until("the answer has arrived") { live()?.chat?.last()?.state == Delivery.THERE }
        agent.next("chat") { it["message"]["text"].asText() == "No, it blinks" }
        until("both lines stand below each other") { lines(screen).map { it.substringAfter(": ") } == listOf("Is the light on?", "No, it blinks") }
        screen.layOut(720, 1480)
        screen.paint("real-3-chat")
        screen.view<View>(R.id.chat_close).performClick()
    }

    private fun lines(screen: VisitActivity): List<String> {
        val list = screen.view<LinearLayout>(R.id.chat_lines)
        return (0..<list.childCount).map { (list.getChildAt(it) as TextView).text.toString() }
    }

    private fun session(app: SightlineApp) = checkNotNull(app.runner.joined)
}
