package org.sightline.assist.app

import android.Manifest
import android.content.Intent
import android.net.Uri
import android.os.Looper
import android.view.View
import android.widget.Button
import android.widget.TextView
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
import org.sightline.assist.Clip
import org.sightline.assist.Codec
import org.sightline.assist.PATIENCE_SECONDS
import org.sightline.assist.Push
import org.sightline.assist.RealServer
import org.sightline.assist.Size
import org.sightline.assist.Turn
import org.sightline.assist.flow.Screen
import org.sightline.assist.platform.OverlayView
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
                film(server, agent, screen)
                session(app).close()
            }
        }
    }

    private fun film(server: RealServer, agent: org.sightline.assist.Agent, screen: LiveActivity) {
        val session = checkNotNull(app.runner.joined)
        val surface = agent.next("surface_updated") { true }["surface"]["id"].asText()
        val overlay = screen.view<OverlayView>(R.id.overlay)
        overlay.frame = Size(clip.width.toDouble(), clip.height.toDouble())
        fun push(frame: Int) {
            val time = clip.timeUs(frame)
            session.pushLuma(time, clip.width, clip.height, clip.width, Turn.NONE, clip.luma(frame))
            assertTrue(session.pushEncodedVideo(time, clip.keyframe(frame), clip.width, clip.height, clip.encoded(frame)) != Push.NOT_SENDING)
        }
        clip.play((0..10).asSequence(), ::push)
        val drawnOn = clip.truth(10, 1)
        agent.circle("c1", surface, null, drawnOn.first, drawnOn.second)
        until("the drawing is told") { app.runner.visits.value.drawings == 1 }
        clip.play((11..40).asSequence(), ::push)
        val (x, y) = clip.truth(40, 1)
        overlay.shownTimeUs = { clip.timeUs(40) }
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

    private fun session(app: SightlineApp) = checkNotNull(app.runner.joined)
}
