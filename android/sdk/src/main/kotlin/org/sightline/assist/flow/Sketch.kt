package org.sightline.assist.flow

import org.sightline.assist.Fit
import org.sightline.assist.Kind
import org.sightline.assist.Point
import org.sightline.assist.Size
import org.sightline.assist.Stroke
import org.sightline.assist.frameFromScreen
import kotlin.math.abs
import kotlin.math.hypot

/** Points of a line drawn by hand, at most. */
const val STROKE_POINTS = 1_024

/** How a technician's view shows the picture, whole. */
data class Shown(val view: Size, val frame: Size) {
    /** Where in the frame a place of the view lies, in shares. */
    fun share(at: Point) = frameFromScreen(view, frame, Fit.CONTAIN, at)
}

/**
 * A drawing in the making: what a finger did so far, in pixels of the view, as a stroke in shares of
 * the frame. A circle grows from its middle and is round in pixels. A tap makes an arrow or a circle
 * of a size of its own. Swift has the same, and both read `tests/vectors/phone/sketch.json`.
 *
 * @param frameTime the frame that was on screen when the finger went down.
 * @param tapPixels a finger that moved less than this tapped.
 */
class Sketch private constructor(
    private val tool: Tool,
    private val shown: Shown,
    private val first: Point,
    private val frameTime: Int?,
    private val tapPixels: Double,
) {
    private val start = shown.share(first)
    private val line = mutableListOf(start)
    private var lastOfLine = first
    private var last = first
    private var end = start

    /** The finger is here now. */
    fun extend(at: Point) {
        last = at
        end = clamped(shown.share(at))
        // Nearer points add nothing to a line.
        if (hypot(at.x - lastOfLine.x, at.y - lastOfLine.y) < tapPixels / 4) return
        lastOfLine = at
        line += end
        if (line.size > STROKE_POINTS) thinOut()
    }

    private fun thinOut() {
        val newest = line.last()
        val kept = line.filterIndexed { at, _ -> at % 2 == 0 }
        line.clear()
        line += kept
        if (line.last() != newest) line += newest
    }

    /** What is drawn so far. */
    fun stroke(): Stroke {
        val shape = shown.frame.width / shown.frame.height
        val tapped = hypot(last.x - first.x, last.y - first.y) < tapPixels
        return when (tool) {
            Tool.ARROW -> {
                val tail = if (tapped) clamped(Point(start.x - TAP_ARROW, start.y + TAP_ARROW * shape)) else start
                made(Kind.ARROW, listOf(tail, if (tapped) start else end))
            }
            Tool.CIRCLE -> {
                val radius = if (tapped) TAP_RADIUS else hypot(abs(end.x - start.x), abs(end.y - start.y) / shape)
                made(Kind.CIRCLE, listOf(start, Point(radius, radius * shape)))
            }
            Tool.FREEHAND, Tool.POINTER -> made(Kind.FREEHAND, line)
        }
    }

    private fun made(kind: Kind, points: List<Point>) =
        Stroke(kind, FloatArray(points.size * 2) { (if (it % 2 == 0) points[it / 2].x else points[it / 2].y).toFloat() }, frameTime = frameTime)

    companion object {
        /** Sides of the arrow that a tap makes, as a share of the frame's width. */
        private const val TAP_ARROW = 0.08

        /** Radius of the circle that a tap makes, as a share of the frame's width. */
        private const val TAP_RADIUS = 0.04

        /** Begins where the finger went down; null beside the picture. */
        fun begin(tool: Tool, shown: Shown, at: Point, frameTime: Int?, tapPixels: Double): Sketch? {
            val share = shown.share(at)
            if (share.x !in 0.0..1.0 || share.y !in 0.0..1.0) return null
            return Sketch(tool, shown, at, frameTime, tapPixels)
        }

        /** A stroke may leave the picture, but not by much. */
        private fun clamped(at: Point) = Point(at.x.coerceIn(-0.5, 1.5), at.y.coerceIn(-0.5, 1.5))
    }
}
