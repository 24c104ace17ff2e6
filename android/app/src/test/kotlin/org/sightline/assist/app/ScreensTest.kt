package org.sightline.assist.app

import android.app.Activity
import android.content.res.Configuration
import android.graphics.Color
import android.view.View
import android.view.ViewGroup
import android.widget.Button
import android.widget.LinearLayout
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Before
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RobolectricTestRunner
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config
import org.robolectric.annotation.GraphicsMode
import org.robolectric.shadows.ShadowChoreographer
import org.sightline.assist.AssistEvent
import org.sightline.assist.Cause
import org.sightline.assist.Invitation
import org.sightline.assist.Place
import org.sightline.assist.Reason
import org.sightline.assist.Status
import org.sightline.assist.Surface
import org.sightline.assist.flow.Box
import org.sightline.assist.flow.Grant
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Visit
import org.sightline.assist.flow.reduce
import java.time.Duration

private const val WIDTH = 720
private const val HEIGHT = 1480
private val LANGUAGES = listOf("en", "de", "fr", "es", "ja", "ar")

/** The real layouts, inflated and painted by the real framework on a phone of 360 x 740 dp. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h740dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class ScreensTest {
    /** The overlay asks for every frame of the screen: time must not run by itself. */
    @Before
    fun holdFrames() {
        ShadowChoreographer.setPaused(true)
        ShadowChoreographer.setFrameDelay(Duration.ofMillis(16))
    }

    private val started = listOf(
        Input.LookedUp(Invitation("Marta Kowalska", "Nordwind Haustechnik", "https://help.example.com/j/#abcdefgh")),
        Input.Chose(Surface.CAMERA), Input.SystemAnswered(Grant.CAMERA, true),
        Input.Joined(Place("ses_1", "par_1", "Marta Kowalska", "Nordwind Haustechnik"), 0),
        Input.Happened(AssistEvent.ConsentAsked(Surface.CAMERA), 0), Input.Happened(AssistEvent.SendingStarted(Surface.CAMERA), 0),
    )

    private fun visit(vararg more: Input) = (started + more).fold(Visit()) { visit, input -> reduce(visit, input).visit }

    private fun said(text: String) = Input.Happened(AssistEvent.Chat("Marta Kowalska", false, text), 0)

    /** Each screen that a person can see, by name. */
    private val screens: Map<String, Visit> = mapOf(
        "1-enter" to Visit(),
        "2-enter-problem" to reduce(Visit(), Input.Opened("123456")).visit,
        "3-asked" to reduce(Visit(), started[0]).visit,
        "4-asked-denied" to started.take(2).plus(Input.SystemAnswered(Grant.CAMERA, false)).fold(Visit()) { v, i -> reduce(v, i).visit },
        "5-live" to visit(),
        "6-live-hidden-lost" to visit(
            Input.HideTapped, Input.BoxDrawn(Box(0.1, 0.6, 0.5, 0.8)), Input.TorchTapped, Input.Zoomed(2.5),
            said("Hello"), Input.Happened(AssistEvent.AnchorChanged(1, Status.LOST, Reason.OUT_OF_VIEW), 0),
        ),
        "7-live-hiding" to visit(Input.HideTapped, Input.BoxDrawn(Box(0.1, 0.6, 0.5, 0.8)), Input.HideTapped),
        "8-paused" to visit(Input.PauseTapped),
        "9-question" to visit(Input.Happened(AssistEvent.SurfaceRequested(Surface.SCREEN), 0)),
        "10-chat" to visit(said("Can you turn the knob a little to the left?"), Input.ChatTapped, Input.ChatWritten("Like this?")),
        "11-ending" to visit(Input.EndTapped),
        "12-hot" to visit(Input.Happened(AssistEvent.PowerSaving(1, Cause.HEAT), 0)),
        "13-not-sharing" to visit(Input.CaptureFailed),
        "14-end" to visit(Input.Happened(AssistEvent.DrawingAdded(1), 0), Input.Happened(AssistEvent.Ended("session_ended"), 83_000)),
    )

    private fun inLanguage(language: String, fontScale: Float = 1f, night: Boolean = false) {
        RuntimeEnvironment.setQualifiers("+$language-${if (night) "night" else "notnight"}")
        RuntimeEnvironment.setFontScale(fontScale)
    }

    private fun <T : VisitActivity> T.showing(visit: Visit): T = apply {
        show(visit)
        layOut(WIDTH, HEIGHT)
    }

    private fun open(visit: Visit): VisitActivity {
        val live = visit.screen is org.sightline.assist.flow.Screen.Session
        val kind: Class<out VisitActivity> = if (live) LiveActivity::class.java else JoinActivity::class.java
        return Robolectric.buildActivity(kind).create().get().showing(visit)
    }

    @Test
    fun `every screen fits in every language, with targets for a thumb and names for the ear`() {
        for (language in LANGUAGES) {
            inLanguage(language)
            for ((name, visit) in screens) {
                val activity = open(visit)
                assertEquals("$language $name", emptyList<String>(), faults(activity.window.decorView, activity is JoinActivity))
                if (language in setOf("en", "de", "ar", "ja")) activity.paint("$name-$language")
            }
        }
    }

    @Test
    fun `large letters and the night fit too`() {
        inLanguage("de", fontScale = 1.3f, night = true)
        for ((name, visit) in screens) {
            val activity = open(visit)
            val cut = faults(activity.window.decorView, activity is JoinActivity)
            assertEquals(name, emptyList<String>(), cut)
            activity.paint("$name-de-large-night")
        }
    }

    @Test
    fun `the check finds what is small, nameless, cut, outside and hidden behind another`() {
        val activity = Robolectric.buildActivity(Activity::class.java).create().get()
        val parent = LinearLayout(activity)
        parent.addView(Button(activity).apply { text = "a"; minimumHeight = 0; minHeight = 0 }, 60, 60)
        parent.addView(View(activity).apply { isClickable = true }, 200, 200)
        parent.addView(Button(activity).apply { text = "a long word that has no place"; maxLines = 1 }, 120, 120)
        parent.addView(Button(activity).apply { text = "b"; translationX = 800f }, 120, 120)
        parent.addView(Button(activity).apply { text = "c"; translationX = -180f }, 120, 120)
        activity.setContentView(parent, ViewGroup.LayoutParams(WIDTH, HEIGHT))
        activity.layOut(WIDTH, HEIGHT)
        val found = faults(activity.window.decorView, canScroll = false)
        for (word in listOf("30 x 30", "no name", "cut", "outside", "lies over")) assertTrue("$word in $found", found.any { word in it })
    }

    @Test
    fun `what is on is told by more than its colour`() {
        inLanguage("en")
        val off = open(visit()).view<Button>(R.id.freeze).contentDescription
        val on = open(visit(Input.FreezeTapped)).view<Button>(R.id.freeze)
        assertTrue(on.isActivated)
        assertTrue("$off and ${on.contentDescription}", off != on.contentDescription)
        val paused = open(visit(Input.PauseTapped))
        assertEquals("Go on", paused.view<Button>(R.id.pause).text)
        assertEquals("Paused", paused.view<android.widget.TextView>(R.id.state).text)
    }

    @Test
    fun `languages that are read from the right are laid out from the right`() {
        inLanguage("ar")
        val activity = open(visit())
        assertEquals(Configuration.SCREENLAYOUT_LAYOUTDIR_RTL, activity.resources.configuration.screenLayout and Configuration.SCREENLAYOUT_LAYOUTDIR_MASK)
        val (pause, end) = Pair(activity.view<View>(R.id.pause), activity.view<View>(R.id.end_button))
        assertTrue("${pause.left} is right of ${end.left}", pause.left > end.left)
    }

    @Test
    fun `what is hidden is dark in the picture that the person sees`() {
        inLanguage("en")
        val activity = open(visit(Input.HideTapped, Input.BoxDrawn(Box(0.2, 0.3, 0.8, 0.5))))
        val view = activity.view<HideView>(R.id.boxes)
        view.setBackgroundColor(Color.YELLOW)
        val bitmap = android.graphics.Bitmap.createBitmap(WIDTH, HEIGHT, android.graphics.Bitmap.Config.ARGB_8888)
        view.draw(android.graphics.Canvas(bitmap))
        assertEquals(activity.getColor(R.color.hidden_fill), bitmap.getPixel(WIDTH / 2, HEIGHT * 4 / 10))
        assertEquals("the control: outside of it", Color.YELLOW, bitmap.getPixel(WIDTH / 2, HEIGHT * 6 / 10))
    }
}
