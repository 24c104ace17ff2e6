package org.sightline.assist.app

import android.content.Context
import android.util.AttributeSet
import android.view.MotionEvent
import android.view.View
import org.sightline.assist.Drawing
import org.sightline.assist.Kind
import org.sightline.assist.Point
import org.sightline.assist.Size
import org.sightline.assist.Status
import org.sightline.assist.Stroke
import org.sightline.assist.flow.Shown
import org.sightline.assist.flow.Sketch
import org.sightline.assist.flow.Tool
import kotlin.math.PI
import kotlin.math.cos
import kotlin.math.sin

/** Lies over the watched picture and takes the finger that draws on it or points at it. */
class DrawView @JvmOverloads constructor(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
    /** Shape of the picture under this view. */
    var frame = Size(1280.0, 720.0)

    /** What the finger does; null while there is nothing to draw on. */
    var tool: Tool? = null
        set(value) {
            if (field != value) cancel()
            field = value
        }

    /** The frame that is on screen. */
    var frameTime: () -> Int? = { null }

    /** A finger went down to draw. */
    var onBegin: () -> Unit = {}

    /** What is drawn so far; null for nothing any more. */
    var onDraft: (Drawing?) -> Unit = {}

    /** A stroke is complete. */
    var onStroke: (Stroke) -> Unit = {}

    /** The drawing that began on this frame was given up. */
    var onGiveUp: (Int?) -> Unit = {}

    /** The pointer is here, in shares of the picture, or not seen any more. */
    var onPoint: (Point, Boolean) -> Unit = { _, _ -> }

    private var sketch: Sketch? = null
    private var begun: Int? = null

    private fun shown() = Shown(Size(width.toDouble(), height.toDouble()), frame)

    override fun onTouchEvent(event: MotionEvent): Boolean {
        val tool = tool ?: return false
        val at = Point(event.x.toDouble(), event.y.toDouble())
        if (tool == Tool.POINTER) {
            point(event, at)
            return true
        }
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> begin(tool, at)
            MotionEvent.ACTION_MOVE -> {
                for (old in 0..<event.historySize) {
                    sketch?.extend(Point(event.getHistoricalX(old).toDouble(), event.getHistoricalY(old).toDouble()))
                }
                sketch?.extend(at)
                draft()
            }
            MotionEvent.ACTION_UP -> sketch?.let {
                it.extend(at)
                sketch = null
                onDraft(null)
                onStroke(it.stroke())
                performClick()
            }
            // A second finger or the system's own gesture: nothing is drawn by accident.
            MotionEvent.ACTION_CANCEL, MotionEvent.ACTION_POINTER_DOWN -> cancel()
        }
        return true
    }

    override fun performClick(): Boolean {
        super.performClick()
        return true
    }

    private fun begin(tool: Tool, at: Point) {
        begun = frameTime()
        sketch = Sketch.begin(tool, shown(), at, begun, TAP_DP.toDouble() * resources.displayMetrics.density)
        if (sketch != null) onBegin()
        draft()
    }

    private fun cancel() {
        if (sketch == null) return
        sketch = null
        onDraft(null)
        onGiveUp(begun)
    }

    private fun point(event: MotionEvent, at: Point) {
        val share = shown().share(at)
        val isIn = share.x in 0.0..1.0 && share.y in 0.0..1.0
        val isOver = event.actionMasked == MotionEvent.ACTION_UP || event.actionMasked == MotionEvent.ACTION_CANCEL
        onPoint(Point(share.x.coerceIn(0.0, 1.0), share.y.coerceIn(0.0, 1.0)), isIn && !isOver)
    }

    private fun draft() = onDraft(sketch?.stroke()?.let(::asDrawing))

    companion object {
        /** A finger that moves less than this taps. */
        private const val TAP_DP = 8f

        /** Corners of a circle as it is drawn. */
        private const val CORNERS = 48

        /** A stroke as it is drawn before the others have it. */
        internal fun asDrawing(stroke: Stroke): Drawing {
            val points = if (stroke.kind != Kind.CIRCLE) stroke.points else FloatArray(2 * (CORNERS + 1)) {
                val angle = 2 * PI * (it / 2) / CORNERS
                if (it % 2 == 0) stroke.points[0] + stroke.points[2] * cos(angle).toFloat() else stroke.points[1] + stroke.points[3] * sin(angle).toFloat()
            }
            return Drawing(0, stroke.kind, 0, Status.TRACKING, stroke.width, points, stroke.text)
        }
    }
}
