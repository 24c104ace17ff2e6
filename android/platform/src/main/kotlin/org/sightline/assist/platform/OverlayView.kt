package org.sightline.assist.platform

import android.content.Context
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.util.AttributeSet
import android.view.Choreographer
import android.view.View
import org.sightline.assist.Drawing
import org.sightline.assist.Fit
import org.sightline.assist.Homography
import org.sightline.assist.Kind
import org.sightline.assist.Point
import org.sightline.assist.Size
import org.sightline.assist.Status
import org.sightline.assist.arrowHead
import org.sightline.assist.directionTo
import org.sightline.assist.edgeArrow
import kotlin.math.cos
import kotlin.math.max
import kotlin.math.sin

/** Lies over a picture and draws, once a vsync, what sticks to the frame that is on screen. */
class OverlayView @JvmOverloads constructor(context: Context, attributes: AttributeSet? = null) :
    View(context, attributes), Choreographer.FrameCallback {
    /** What to draw on the frame that is on screen; asked once a vsync. */
    var source: () -> List<Drawing> = { emptyList() }

    /** Shape of the upright picture under this view. */
    var frame = Size(1280.0, 720.0)

    /** How this view shows the picture. */
    var fit = Fit.COVER

    /** True when the picture is the phone's whole screen, wherever on it this view lies. */
    var isOnScreen = false

    /** What a finger draws at this moment. */
    var draft: Drawing? = null
        set(value) {
            field = value
            invalidate()
        }

    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        strokeCap = Paint.Cap.ROUND
        strokeJoin = Paint.Join.ROUND
    }
    private var drawings = emptyList<Drawing>()

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
        isClickable = false
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        Choreographer.getInstance().postFrameCallback(this)
    }

    override fun onDetachedFromWindow() {
        Choreographer.getInstance().removeFrameCallback(this)
        super.onDetachedFromWindow()
    }

    override fun doFrame(frameTimeNanos: Long) {
        val before = drawings
        drawings = source()
        if (before.isNotEmpty() || drawings.isNotEmpty()) invalidate()
        Choreographer.getInstance().postFrameCallback(this)
    }

    override fun onDraw(canvas: Canvas) {
        val screenFromFrame = screenFromFrame()
        // The width of the whole picture on this view, of which strokes are a share.
        val scale = checkNotNull(screenFromFrame.apply(Point(1.0, 0.0))).x - checkNotNull(screenFromFrame.apply(Point(0.0, 0.0))).x
        drawings.forEach { draw(canvas, it, screenFromFrame, scale) }
        draft?.let { draw(canvas, it, screenFromFrame, scale) }
    }

    /** From shares of the picture to pixels of this view. */
    fun screenFromFrame(): Homography {
        if (!isOnScreen) return Homography.screenFromFrame(Size(width.toDouble(), height.toDouble()), frame, fit)
        val at = IntArray(2)
        getLocationOnScreen(at)
        return Homography(doubleArrayOf(frame.width, 0.0, -at[0].toDouble(), 0.0, frame.height, -at[1].toDouble(), 0.0, 0.0, 1.0))
    }

    private fun draw(canvas: Canvas, drawing: Drawing, screenFromFrame: Homography, scale: Double) {
        val points = (0..<drawing.points.size / 2).mapNotNull {
            val share = Point(drawing.points[2 * it].toDouble(), drawing.points[2 * it + 1].toDouble())
            screenFromFrame.apply(share)
        }
        if (points.isEmpty()) return
        if (elsewhere(canvas, points, drawing)) return
        if (drawing.status == Status.FIXED) pin(canvas, points[0], COLORS[drawing.color.mod(COLORS.size)])
        val opacity = if (drawing.status == Status.UNCERTAIN) UNCERTAIN_ALPHA else 255
        val color = COLORS[drawing.color.mod(COLORS.size)]
        val stroke = max(drawing.width * scale, 3.0)
        if (drawing.kind == Kind.TEXT) return text(canvas, drawing.text.orEmpty(), points[0], color, opacity)
        val path = Path()
        line(path, points)
        if (drawing.kind == Kind.ARROW && points.size == 2) {
            val (left, right) = arrowHead(points[0], points[1], max(stroke * 4, scale * 0.03))
            line(path, listOf(left, points[1], right))
        }
        paint.style = Paint.Style.STROKE
        if (drawing.kind == Kind.HIGHLIGHT) {
            return stroke(canvas, path, color, opacity * 2 / 5, stroke * 3)
        }
        // A light line around each stroke keeps it visible on any picture.
        stroke(canvas, path, Color.WHITE, opacity * 4 / 5, stroke + 2 * OUTLINE_DP * resources.displayMetrics.density)
        stroke(canvas, path, color, opacity, stroke)
    }

    /** An arrow at the edge on the way to a drawing that is out of view; false for one that is in it. */
    private fun elsewhere(canvas: Canvas, points: List<Point>, drawing: Drawing): Boolean {
        val view = Size(width.toDouble(), height.toDouble())
        if (points.any { directionTo(view, it) == null }) return false
        val density = resources.displayMetrics.density
        val middle = Point(points.sumOf { it.x } / points.size, points.sumOf { it.y } / points.size)
        val (tip, angle) = edgeArrow(view, middle, EDGE_DP * density)
        val tail = Point(tip.x - ARROW_DP * density * cos(angle), tip.y - ARROW_DP * density * sin(angle))
        val (left, right) = arrowHead(tail, tip, ARROW_DP * density / 2)
        val path = Path()
        line(path, listOf(tail, tip))
        line(path, listOf(left, tip, right))
        paint.style = Paint.Style.STROKE
        stroke(canvas, path, Color.WHITE, 255, 8.0 * density)
        stroke(canvas, path, COLORS[drawing.color.mod(COLORS.size)], 255, 4.0 * density)
        return true
    }

    /** A pin says that a drawing is fixed to the screen and does not follow the thing. */
    private fun pin(canvas: Canvas, at: Point, color: Int) {
        val density = resources.displayMetrics.density
        val (x, y) = Pair(at.x.toFloat(), at.y.toFloat())
        paint.style = Paint.Style.FILL
        for ((radius, fill) in listOf(9f to Color.WHITE, 7f to color, 3f to Color.WHITE)) {
            paint.color = fill
            canvas.drawCircle(x, y - 14 * density, radius * density, paint)
        }
        paint.style = Paint.Style.STROKE
        paint.color = Color.WHITE
        paint.strokeWidth = 3 * density
        canvas.drawLine(x, y - 6 * density, x, y, paint)
    }

    private fun line(path: Path, points: List<Point>) {
        path.moveTo(points[0].x.toFloat(), points[0].y.toFloat())
        points.drop(1).forEach { path.lineTo(it.x.toFloat(), it.y.toFloat()) }
    }

    private fun stroke(canvas: Canvas, path: Path, color: Int, alpha: Int, width: Double) {
        paint.color = color
        paint.alpha = alpha
        paint.strokeWidth = width.toFloat()
        canvas.drawPath(path, paint)
    }

    private fun text(canvas: Canvas, text: String, at: Point, color: Int, alpha: Int) {
        paint.style = Paint.Style.FILL
        paint.textSize = TEXT_SP * resources.displayMetrics.scaledDensity
        val pad = paint.textSize / 4
        paint.color = color
        paint.alpha = alpha
        val (x, y) = Pair(at.x.toFloat(), at.y.toFloat())
        canvas.drawRect(x - pad, y - paint.textSize - pad, x + paint.measureText(text) + pad, y + pad, paint)
        paint.color = Color.WHITE
        paint.alpha = alpha
        canvas.drawText(text, x, y, paint)
    }

    private companion object {
        const val UNCERTAIN_ALPHA = 115
        const val OUTLINE_DP = 2f
        const val TEXT_SP = 18f
        const val EDGE_DP = 84.0
        const val ARROW_DP = 40.0

        /** The eight author colours, the same as on the web and in the device's own view. */
        val COLORS = intArrayOf(
            0xff0072b2.toInt(), 0xffd55e00.toInt(), 0xffa821ed.toInt(), 0xff000000.toInt(),
            0xffed0066.toInt(), 0xff000087.toInt(), 0xff870000.toInt(), 0xff660066.toInt(),
        )
    }
}
