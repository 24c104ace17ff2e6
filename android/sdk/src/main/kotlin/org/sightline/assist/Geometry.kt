package org.sightline.assist

import kotlin.math.abs
import kotlin.math.atan2
import kotlin.math.cos
import kotlin.math.hypot
import kotlin.math.max
import kotlin.math.min
import kotlin.math.sin

/** A place: in shares of a frame, or in pixels of a view. */
data class Point(val x: Double, val y: Double)

/** Width and height in pixels. */
data class Size(val width: Double, val height: Double)

/** How a view shows a picture of another shape: letterboxed or cropped. */
enum class Fit { CONTAIN, COVER }

/**
 * A projective map, row by row. Maps are named `target_from_source` and compose from right to left;
 * every language agrees on them by `tests/vectors/board/geometry.json`.
 */
class Homography(private val rows: DoubleArray) {
    init {
        require(rows.size == 9) { "a homography has 9 numbers, not ${rows.size}" }
    }

    /** First [other], then this. */
    operator fun times(other: Homography): Homography = Homography(
        DoubleArray(9) { at ->
            val (row, column) = Pair(at / 3 * 3, at % 3)
            (0..2).sumOf { rows[row + it] * other.rows[it * 3 + column] }
        },
    )

    /** Where a point goes; null on or behind the horizon of the plane. */
    fun apply(point: Point): Point? {
        val depth = rows[6] * point.x + rows[7] * point.y + rows[8]
        if (depth < 1e-6) return null
        return Point(
            (rows[0] * point.x + rows[1] * point.y + rows[2]) / depth,
            (rows[3] * point.x + rows[4] * point.y + rows[5]) / depth,
        )
    }

    companion object {
        /** Where a view shows a picture: from shares of the frame to pixels of the view. */
        fun screenFromFrame(view: Size, frame: Size, fit: Fit): Homography {
            val byWidth = view.width / frame.width
            val byHeight = view.height / frame.height
            val scale = if (fit == Fit.CONTAIN) min(byWidth, byHeight) else max(byWidth, byHeight)
            val (width, height) = Pair(frame.width * scale, frame.height * scale)
            return Homography(
                doubleArrayOf(
                    width, 0.0, (view.width - width) / 2,
                    0.0, height, (view.height - height) / 2,
                    0.0, 0.0, 1.0,
                ),
            )
        }
    }
}

/** Where in the frame a place of the view lies: the inverse of [Homography.screenFromFrame]. In shares, also outside of the frame. */
fun frameFromScreen(view: Size, frame: Size, fit: Fit, at: Point): Point {
    val map = Homography.screenFromFrame(view, frame, fit)
    val (first, last) = Pair(checkNotNull(map.apply(Point(0.0, 0.0))), checkNotNull(map.apply(Point(1.0, 1.0))))
    return Point((at.x - first.x) / (last.x - first.x), (at.y - first.y) / (last.y - first.y))
}

/** The two ends of an arrow's head, in the pixels that [from] and [to] are in. */
fun arrowHead(from: Point, to: Point, length: Double): Pair<Point, Point> {
    val size = min(length, max(1e-3, hypot(to.x - from.x, to.y - from.y)))
    val back = atan2(from.y - to.y, from.x - to.x)
    fun side(turn: Double) = Point(to.x + size * cos(back + turn), to.y + size * sin(back + turn))
    return Pair(side(0.5), side(-0.5))
}

/** Which way to turn the camera to see something again. */
enum class Direction { LEFT, RIGHT, UP, DOWN }

/** Which way a point lies outside of a view; null when it is inside. */
fun directionTo(view: Size, point: Point): Direction? {
    val beyondX = max(-point.x, point.x - view.width)
    val beyondY = max(-point.y, point.y - view.height)
    return when {
        beyondX <= 0 && beyondY <= 0 -> null
        beyondX >= beyondY -> if (point.x < 0) Direction.LEFT else Direction.RIGHT
        else -> if (point.y < 0) Direction.UP else Direction.DOWN
    }
}

/** Where the arrow to a point outside stands, [margin] pixels from the edge, and its angle in radians. */
fun edgeArrow(view: Size, point: Point, margin: Double): Pair<Point, Double> {
    val middle = Point(view.width / 2, view.height / 2)
    val (dx, dy) = Pair(point.x - middle.x, point.y - middle.y)
    val halfWidth = max(1.0, view.width / 2 - margin)
    val halfHeight = max(1.0, view.height / 2 - margin)
    val scale = 1 / max(max(abs(dx) / halfWidth, abs(dy) / halfHeight), 1e-9)
    return Pair(Point(middle.x + dx * scale, middle.y + dy * scale), atan2(dy, dx))
}
