package org.sightline.assist.app

import android.app.Activity
import android.content.res.Configuration
import android.graphics.Color
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraManager
import android.view.MotionEvent
import android.view.View
import android.view.ViewGroup
import android.view.WindowManager
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
import org.robolectric.shadow.api.Shadow
import org.robolectric.shadows.ShadowCameraCharacteristics
import org.robolectric.shadows.ShadowCameraManager
import org.robolectric.shadows.ShadowChoreographer
import org.sightline.assist.AssistEvent
import org.sightline.assist.Cause
import org.sightline.assist.Invitation
import org.sightline.assist.Kind
import org.sightline.assist.Place
import org.sightline.assist.Reason
import org.sightline.assist.Role
import org.sightline.assist.Status
import org.sightline.assist.Stroke
import org.sightline.assist.Surface
import org.sightline.assist.flow.Box
import org.sightline.assist.flow.Grant
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Tool
import org.sightline.assist.flow.Visit
import org.sightline.assist.flow.reduce
import org.sightline.assist.platform.ScreenOverlay
import java.time.Duration
import kotlin.math.roundToInt

private const val WIDTH = 720
private const val HEIGHT = 1480
private val LANGUAGES = listOf("en", "de", "fr", "es", "ja", "ar")

/** Pictures to look at take longer than the checks: without this only the English ones are painted. */
private val PAINTS_ALL = System.getenv("SIGHTLINE_PICTURES") == "all"

/** The real layouts, inflated and painted by the real framework on a phone of 360 x 740 dp. */
@RunWith(RobolectricTestRunner::class)
@Config(sdk = [35], qualifiers = "w360dp-h740dp-xhdpi")
@GraphicsMode(GraphicsMode.Mode.NATIVE)
class ScreensTest {
    /** The overlay asks for every frame of the screen: time must not run by itself. The phone has two cameras. */
    @Before
    fun holdFrames() {
        val cameras = RuntimeEnvironment.getApplication().getSystemService(CameraManager::class.java)
        for ((id, facing) in listOf("0" to CameraCharacteristics.LENS_FACING_BACK, "1" to CameraCharacteristics.LENS_FACING_FRONT)) {
            val facts = ShadowCameraCharacteristics.newCameraCharacteristics()
            Shadow.extract<ShadowCameraCharacteristics>(facts).set(CameraCharacteristics.LENS_FACING, facing)
            Shadow.extract<ShadowCameraManager>(cameras).addCamera(id, facts)
        }
        ShadowChoreographer.setPaused(true)
        ShadowChoreographer.setFrameDelay(Duration.ofMillis(16))
    }

    private val started = listOf(
        Input.LookedUp(Invitation("Marta Kowalska", "Nordwind Haustechnik", "https://help.example.com/j/#abcdefgh", filmDays = 30)),
        Input.Chose(Surface.CAMERA), Input.SystemAnswered(Grant.CAMERA, true),
        Input.Joined(Place("ses_1", "par_1", "Marta Kowalska", "Nordwind Haustechnik"), 0),
        Input.Happened(AssistEvent.ConsentAsked(Surface.CAMERA), 0), Input.Happened(AssistEvent.SendingStarted(Surface.CAMERA), 0),
    )

    private val watching = listOf(
        Input.LookedUp(Invitation("Marta Kowalska", "Nordwind Haustechnik", "https://help.example.com/j/#abcdefgh", Role.TECHNICIAN)),
        Input.JoinTapped, Input.Joined(Place("ses_1", "par_1", "Marta Kowalska", "Nordwind Haustechnik", Role.TECHNICIAN), 0),
    )

    private fun watch(vararg more: Input) = (watching + more).fold(Visit()) { visit, input -> reduce(visit, input).visit }

    private fun sees(hidden: Int = 0, paused: Boolean = false) = Input.Happened(AssistEvent.PictureShown(Surface.CAMERA, paused, hidden), 0)

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
        "15-live-faces" to visit(Input.FacesTapped, Input.HideTapped, Input.BoxDrawn(Box(0.1, 0.6, 0.5, 0.8)), Input.HideTapped),
        "16-live-front" to visit(Input.SwitchTapped, Input.FacesTapped),
        "17-screen" to visit(
            Input.Chose(Surface.SCREEN), Input.SystemAnswered(Grant.SCREEN, true),
            Input.Happened(AssistEvent.SendingStarted(Surface.SCREEN), 0),
        ),
        "18-live-kept" to visit(Input.Happened(AssistEvent.Kept(true), 0)),
        "20-watch-asked" to reduce(Visit(), watching[0]).visit,
        "21-watch-waiting" to watch(),
        "22-watch-wanted" to watch(Input.Wanted(Surface.CAMERA)),
        "23-watch" to watch(sees(), Input.ToolChosen(Tool.CIRCLE), Input.Sketched(Stroke(Kind.CIRCLE, FloatArray(4)))),
        "24-watch-frozen-hidden" to watch(sees(hidden = 2), Input.FreezeTapped, Input.ToolChosen(Tool.ARROW), said("Look at the valve")),
        "25-watch-curtain" to watch(sees(paused = true)),
        "26-watch-chat" to watch(sees(), said("Can you see the valve?"), Input.ChatTapped, Input.ChatWritten("Yes")),
        "27-watch-leaving" to watch(sees(), Input.EndTapped),
        "28-watch-lost" to watch(sees(), Input.Sketched(Stroke(Kind.CIRCLE, FloatArray(4))), Input.Drew(false)),
        "29-watch-end" to watch(sees(), Input.Happened(AssistEvent.Ended("session_ended"), 83_000)),
        "14-end" to visit(Input.Happened(AssistEvent.DrawingAdded(1), 0), Input.Happened(AssistEvent.Ended("session_ended"), 83_000)),
    )

    private fun inLanguage(language: String, fontScale: Float = 1f, night: Boolean = false) {
        RuntimeEnvironment.setQualifiers("+$language-${if (night) "night" else "notnight"}")
        RuntimeEnvironment.setFontScale(fontScale)
    }

    private fun <T : VisitActivity> T.showing(visit: Visit, width: Int, height: Int): T = apply {
        show(visit)
        layOut(width, height)
    }

    private fun open(visit: Visit, width: Int = WIDTH, height: Int = HEIGHT): VisitActivity {
        val live = (visit.screen as? org.sightline.assist.flow.Screen.Session)?.live
        val kind: Class<out VisitActivity> = when {
            live == null -> JoinActivity::class.java
            live.watch == null -> LiveActivity::class.java
            else -> WatchActivity::class.java
        }
        return Robolectric.buildActivity(kind).create().get().showing(visit, width, height)
    }

    @Test
    fun `every screen fits in every language, with targets for a thumb and names for the ear`() {
        for (language in LANGUAGES) {
            inLanguage(language)
            for ((name, visit) in screens) {
                val activity = open(visit)
                assertEquals("$language $name", emptyList<String>(), faults(activity.window.decorView, activity is JoinActivity))
                if (language == "en" || PAINTS_ALL) activity.paint("$name-$language")
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
            if (PAINTS_ALL) activity.paint("$name-de-large-night")
        }
    }

    /** On a phone that lies, the tools stand beside the picture or in rows. */
    @Test
    @Config(qualifiers = "w740dp-h360dp-land-xhdpi")
    fun `a phone that lies has room for every control`() {
        inLanguage("de")
        for ((name, visit) in screens) {
            val activity = open(visit, HEIGHT, WIDTH)
            assertEquals(name, emptyList<String>(), faults(activity.window.decorView, activity is JoinActivity))
            if (PAINTS_ALL) activity.paint("$name-de-land")
        }
    }

    @Test
    fun `the whole picture lies where strokes are measured`() {
        inLanguage("en")
        val activity = open(watch(sees(), Input.ToolChosen(Tool.ARROW))) as WatchActivity
        val draw = activity.view<DrawView>(R.id.draw)
        val strokes = mutableListOf<Stroke>()
        draw.onStroke = { strokes += it }
        draw.frameTime = { 77 }
        fun touch(action: Int, x: Float, y: Float) = draw.onTouchEvent(MotionEvent.obtain(0, 0, action, x, y, 0))
        // 1280 x 720 in a view of 720 pixels' width: bars above and below.
        val top = draw.height / 2f - 720 * 720 / 1280 / 2f
        touch(MotionEvent.ACTION_DOWN, 180f, top + 101.25f)
        touch(MotionEvent.ACTION_MOVE, 300f, top + 200f)
        touch(MotionEvent.ACTION_UP, 540f, top + 303.75f)
        assertEquals(listOf(0.25f, 0.25f, 0.75f, 0.75f), strokes.single().points.map { (it * 1000).roundToInt() / 1000f })
        assertEquals(77, strokes.single().frameTime)
        touch(MotionEvent.ACTION_DOWN, 180f, top - 20)
        touch(MotionEvent.ACTION_UP, 540f, top + 300)
        assertEquals("beside the picture nothing is drawn", 1, strokes.size)
        touch(MotionEvent.ACTION_DOWN, 180f, top + 100)
        touch(MotionEvent.ACTION_CANCEL, 540f, top + 300)
        assertEquals("the system took the finger", 1, strokes.size)
    }

    @Test
    fun `the tool that is chosen is told by more than its colour`() {
        inLanguage("en")
        val activity = open(watch(sees(), Input.ToolChosen(Tool.CIRCLE)))
        val (on, off) = Pair(activity.view<Button>(R.id.tool_circle), activity.view<Button>(R.id.tool_arrow))
        assertTrue(on.isActivated && on.isSelected && !off.isSelected)
        assertTrue("nothing to take back", !activity.view<Button>(R.id.undo).isEnabled)
    }

    @Test
    fun `the window over other apps takes no finger and stays as clear as the system wants`() {
        val window = ScreenOverlay.parameters()
        assertEquals(WindowManager.LayoutParams.TYPE_APPLICATION_OVERLAY, window.type)
        assertTrue(window.flags and WindowManager.LayoutParams.FLAG_NOT_TOUCHABLE != 0)
        assertTrue(window.flags and WindowManager.LayoutParams.FLAG_NOT_FOCUSABLE != 0)
        assertTrue("it would black out the picture", window.flags and WindowManager.LayoutParams.FLAG_SECURE == 0)
        assertTrue("${window.alpha}", window.alpha <= 0.8f)
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
