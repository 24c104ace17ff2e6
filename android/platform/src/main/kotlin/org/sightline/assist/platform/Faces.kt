package org.sightline.assist.platform

import android.graphics.Bitmap
import android.graphics.PointF
import android.media.FaceDetector
import org.sightline.assist.Part
import org.sightline.assist.Turn
import java.nio.ByteBuffer
import java.nio.ShortBuffer
import java.util.concurrent.ExecutorService
import java.util.concurrent.Executors
import java.util.concurrent.RejectedExecutionException
import java.util.concurrent.atomic.AtomicBoolean
import kotlin.math.max

/** An upright picture in grey, row after row; [width] is even. */
class Grey(val width: Int, val height: Int, val pixels: ByteArray)

/** Finds what must not be seen in a picture. */
fun interface FaceFinder {
    /** Parts of the picture, in shares of it. Whatever it throws means that it cannot tell. */
    fun find(picture: Grey): List<Part>
}

/**
 * Android's own detector (`android.media.FaceDetector`): upright faces from the front, no library, no
 * service. It wants RGB_565 and an even width.
 */
class PlatformFaces : FaceFinder {
    private var detector: FaceDetector? = null
    private var bitmap: Bitmap? = null
    private var shorts = ShortArray(0)
    private val found = arrayOfNulls<FaceDetector.Face>(MOST)

    override fun find(picture: Grey): List<Part> {
        val map = bitmap?.takeIf { it.width == picture.width && it.height == picture.height } ?: make(picture)
        for (at in shorts.indices) shorts[at] = rgb565(picture.pixels[at])
        map.copyPixelsFromBuffer(ShortBuffer.wrap(shorts))
        val count = checkNotNull(detector).findFaces(map, found)
        val middle = PointF()
        return found.take(count).filterNotNull().mapNotNull { face ->
            face.getMidPoint(middle)
            facePart(middle.x, middle.y, face.eyesDistance(), picture.width, picture.height)
        }
    }

    private fun make(picture: Grey): Bitmap {
        bitmap?.recycle()
        detector = FaceDetector(picture.width, picture.height, MOST)
        shorts = ShortArray(picture.width * picture.height)
        return Bitmap.createBitmap(picture.width, picture.height, Bitmap.Config.RGB_565).also { bitmap = it }
    }

    companion object {
        /** One more than the core hides one by one: then it hides everything. */
        private const val MOST = 17

        /** A brightness as the detector's 16 bits: 5 of red, 6 of green, 5 of blue. */
        internal fun rgb565(brightness: Byte): Short {
            val grey = brightness.toInt() and 0xff
            return ((grey shr 3 shl 11) or (grey shr 2 shl 5) or (grey shr 3)).toShort()
        }

        /**
         * The part that a face takes, from the middle between its eyes and their distance in pixels:
         * 2.6 distances wide, from 1.2 above the eyes to 1.9 below. The core adds a quarter on each
         * side. Null for one that lies outside of the picture.
         */
        internal fun facePart(x: Float, y: Float, eyes: Float, width: Int, height: Int): Part? {
            val left = ((x - 1.3f * eyes) / width).coerceIn(0f, 1f)
            val top = ((y - 1.2f * eyes) / height).coerceIn(0f, 1f)
            val right = ((x + 1.3f * eyes) / width).coerceIn(0f, 1f)
            val bottom = ((y + 1.9f * eyes) / height).coerceIn(0f, 1f)
            return if (right > left && bottom > top) Part(left, top, right - left, bottom - top) else null
        }
    }
}

/**
 * Gives a finder of faces the newest picture a few times a second, on a thread of its own, and tells
 * what it found with the capture time of that picture. A picture that comes while it looks is left out.
 *
 * @param tell capture time in microseconds, and what was found; null when the finder cannot tell.
 */
class FaceWatch(
    private val finder: FaceFinder,
    private val tell: (Long, List<Part>?) -> Unit,
    private val worker: ExecutorService = Executors.newSingleThreadExecutor { Thread(it, "sightline-faces") },
) : AutoCloseable {
    private val busy = AtomicBoolean()
    private var lookedUs: Long? = null

    /** A luma plane as the camera gives it; it is copied. To be called on one thread. */
    fun offer(timeUs: Long, width: Int, height: Int, stride: Int, turn: Turn, plane: ByteBuffer) {
        lookedUs?.let { if (timeUs in it..<it + GAP_US) return }
        if (!busy.compareAndSet(false, true)) return
        lookedUs = timeUs
        val picture = upright(plane, width, height, stride, turn)
        try {
            worker.execute {
                try {
                    tell(timeUs, look(picture))
                } finally {
                    busy.set(false)
                }
            }
        } catch (_: RejectedExecutionException) {
            // It was closed meanwhile.
        }
    }

    /** A library that is missing on this phone is an error of the virtual machine, no exception. */
    private fun look(picture: Grey): List<Part>? = try {
        finder.find(picture)
    } catch (_: Exception) {
        null
    } catch (_: LinkageError) {
        null
    }

    override fun close() {
        worker.shutdown()
    }

    companion object {
        /** Looks begin at least so far apart, in microseconds of capture time: half of what the core waits for. */
        const val GAP_US = 200_000L

        /** Longest side that is looked at, in pixels. */
        private const val LONGEST = 640

        /** Turns a plane upright and leaves out pixels until it is no longer than [LONGEST]. */
        internal fun upright(plane: ByteBuffer, width: Int, height: Int, stride: Int, turn: Turn): Grey {
            val step = max(1, (max(width, height) + LONGEST - 1) / LONGEST)
            val (across, down) = Pair(width / step, height / step)
            val lies = turn == Turn.RIGHT || turn == Turn.LEFT
            // The detector takes no odd width.
            val wide = (if (lies) down else across) and 1.inv()
            val pixels = ByteArray(wide * if (lies) across else down)
            val rows = plane.duplicate()
            val first = rows.position()
            val row = ByteArray(width)
            for (y in 0 until down) {
                rows.position(first + y * step * stride)
                rows.get(row)
                for (x in 0 until across) {
                    val toX = when (turn) {
                        Turn.NONE -> x
                        Turn.RIGHT -> down - 1 - y
                        Turn.HALF -> across - 1 - x
                        Turn.LEFT -> y
                    }
                    val toY = when (turn) {
                        Turn.NONE -> y
                        Turn.RIGHT -> x
                        Turn.HALF -> down - 1 - y
                        Turn.LEFT -> across - 1 - x
                    }
                    if (toX < wide) pixels[toY * wide + toX] = row[x * step]
                }
            }
            return Grey(wide, pixels.size / wide, pixels)
        }
    }
}
