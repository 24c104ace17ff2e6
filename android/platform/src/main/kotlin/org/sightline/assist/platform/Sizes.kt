package org.sightline.assist.platform

import org.sightline.assist.Turn
import kotlin.math.abs
import kotlin.math.max
import kotlin.math.min
import kotlin.math.roundToInt

/** Width and height in pixels. */
data class Pixels(val width: Int, val height: Int) {
    val area get() = width.toLong() * height

    /** The same lying on its side. */
    fun turned() = Pixels(height, width)

    internal fun isLike(other: Pixels) = abs(width.toDouble() / height - other.width.toDouble() / other.height) < 0.02
}

/** What the camera is opened with: the picture that is sent and the small one that is tracked. */
data class CameraSizes(val picture: Pixels, val luma: Pixels)

/**
 * The largest picture up to 1280 x 720 for which the camera has a small one of the same shape: the
 * same shape is the same part of the sensor, so that shares of one are shares of the other. Null when
 * the camera has no such pair.
 */
fun pickSizes(pictures: List<Pixels>, lumas: List<Pixels>): CameraSizes? {
    val fitting = pictures.filter { max(it.width, it.height) <= 1280 && min(it.width, it.height) <= 960 }
    return fitting.sortedWith(compareByDescending<Pixels> { it.isLike(Pixels(16, 9)) }.thenByDescending { it.area })
        .firstNotNullOfOrNull { picture ->
            lumas.filter { it.isLike(picture) && max(it.width, it.height) in 320..1280 }
                .minByOrNull { abs(max(it.width, it.height) - 640) }
                ?.let { CameraSizes(picture, it) }
        }
}

/**
 * The size for an encoder: the picture's shape inside of a limit, with even sides. The limit's
 * shape does not matter: a long side holds for the long side.
 */
fun fit(picture: Pixels, limit: Pixels): Pixels {
    val long = max(limit.width, limit.height).toDouble()
    val scale = min(1.0, long / max(picture.width, picture.height))
    fun even(side: Int) = max(16, (side * scale / 2).roundToInt() * 2)
    return Pixels(even(picture.width), even(picture.height))
}

/**
 * How the sensor's picture is turned upright on a display that is itself turned. A camera that looks
 * at the person sees the phone turn the other way round.
 */
fun turnOf(sensorDegrees: Int, displayDegrees: Int, front: Boolean = false): Turn = when ((sensorDegrees + (if (front) displayDegrees else -displayDegrees) + 360) % 360) {
    90 -> Turn.RIGHT
    180 -> Turn.HALF
    270 -> Turn.LEFT
    else -> Turn.NONE
}

/** The size of a sensor's picture once it stands upright. */
fun upright(size: Pixels, turn: Turn): Pixels = if (turn == Turn.RIGHT || turn == Turn.LEFT) size.turned() else size
