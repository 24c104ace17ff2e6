package org.sightline.assist.app

import android.content.Context
import android.graphics.Canvas
import android.graphics.Paint
import android.util.AttributeSet
import android.view.MotionEvent
import android.view.View
import org.sightline.assist.Fit
import org.sightline.assist.Homography
import org.sightline.assist.Point
import org.sightline.assist.Size
import org.sightline.assist.flow.Box
import org.sightline.assist.frameFromScreen

/** Lies over the picture, frames what is hidden, and takes the finger that draws what to hide. */
class HideView @JvmOverloads constructor(context: Context, attributes: AttributeSet? = null) : View(context, attributes) {
    /** Shape of the upright picture under this view. */
    var frame = Size(720.0, 1280.0)

    /** A rectangle was drawn, in shares of the frame. */
    var onBox: (Box) -> Unit = {}

    private var hiding = false
    private var boxes = emptyList<Box>()
    private var drawn: Box? = null
    private val line = Paint().apply {
        style = Paint.Style.STROKE
        strokeWidth = 2 * resources.displayMetrics.density
        color = context.getColor(R.color.hidden_line)
    }
    private val fill = Paint().apply { color = context.getColor(R.color.hidden_fill) }

    fun show(hidden: List<Box>, draws: Boolean) {
        if (boxes == hidden && hiding == draws) return
        boxes = hidden
        hiding = draws
        drawn = null
        invalidate()
    }

    override fun onTouchEvent(event: MotionEvent): Boolean {
        if (!hiding) return false
        val place = share(event.x.toDouble(), event.y.toDouble())
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> drawn = Box(place.x, place.y, place.x, place.y)
            MotionEvent.ACTION_MOVE -> drawn = drawn?.copy(right = place.x, bottom = place.y)
            MotionEvent.ACTION_UP -> {
                drawn?.let { onBox(it.copy(right = place.x, bottom = place.y)) }
                drawn = null
            }
            MotionEvent.ACTION_CANCEL -> drawn = null
        }
        invalidate()
        return true
    }

    private fun screenFromFrame() = Homography.screenFromFrame(Size(width.toDouble(), height.toDouble()), frame, Fit.COVER)

    private fun share(x: Double, y: Double): Point =
        frameFromScreen(Size(width.toDouble(), height.toDouble()), frame, Fit.COVER, Point(x, y))

    override fun onDraw(canvas: Canvas) {
        for (box in boxes) draw(canvas, box, fill)
        for (box in boxes) draw(canvas, box, line)
        drawn?.let { draw(canvas, it, line) }
    }

    private fun draw(canvas: Canvas, box: Box, paint: Paint) {
        val map = screenFromFrame()
        val a = map.apply(Point(minOf(box.left, box.right), minOf(box.top, box.bottom))) ?: return
        val b = map.apply(Point(maxOf(box.left, box.right), maxOf(box.top, box.bottom))) ?: return
        canvas.drawRect(a.x.toFloat(), a.y.toFloat(), b.x.toFloat(), b.y.toFloat(), paint)
    }
}
