package org.sightline.assist.platform

import android.graphics.SurfaceTexture
import android.os.Handler
import android.os.HandlerThread
import android.os.Looper
import android.view.Surface
import org.sightline.assist.flow.Box
import java.util.concurrent.CountDownLatch
import kotlin.math.max

/**
 * Takes the camera's or the screen's pictures, turns them upright, paints over what is hidden, and
 * gives them to encoder and view. Nothing reaches the encoder that did not pass here.
 *
 * Each picture keeps its capture time. When no new one comes (a still screen, a frozen camera), the
 * last one goes out again every [REPEAT_MS], so that somebody who joins later sees it.
 */
class PictureStage(private val onFailure: (Exception) -> Unit) : AutoCloseable {
    private val thread = HandlerThread("sightline-picture").apply { start() }
    private val handler = Handler(thread.looper)
    private lateinit var gl: GlPicture
    private lateinit var source: SurfaceTexture
    private var encoder: Target? = null
    private var view: Target? = null
    private var boxes = emptyList<Box>()
    private var luma: Target? = null
    private var rotation = 0
    private var isFront = false
    private var lumaNs = 0L
    private var frameGapNs = 0L
    private var encodedNs = 0L
    private var newestNs = 0L
    private var has = false
    private val textureFromPicture = FloatArray(16)
    private val again = Runnable { repeat() }

    /** Where pictures go in. */
    lateinit var input: Surface
        private set

    /** Capture time in microseconds of the picture that the view shows. */
    @Volatile
    var shownTimeUs = 0L
        private set

    /** Capture time in microseconds of the newest picture, shown or not. */
    @Volatile
    var newestTimeUs = 0L
        private set

    /** Told the new capture time of a picture that goes out again, in microseconds. */
    @Volatile
    var onRepeat: (Long) -> Unit = {}

    init {
        onThreadAndWait {
            gl = GlPicture()
            source = SurfaceTexture(gl.texture)
            source.setOnFrameAvailableListener({ next() }, handler)
            input = Surface(source)
        }?.let { error ->
            thread.quitSafely()
            throw error
        }
    }

    /** What else is hidden in the picture of this capture time (microseconds), asked for each one. */
    @Volatile
    var hiddenAt: (Long) -> List<Box> = { emptyList() }

    /**
     * Size in pixels of the pictures that go in, and how far the display is turned from its natural
     * position. [front] is true for a camera that looks at the person.
     */
    fun setSource(width: Int, height: Int, displayDegrees: Int, front: Boolean = false) = onThread {
        source.setDefaultBufferSize(width, height)
        // Seen from its other side, a phone turns the other way round.
        rotation = if (front) -displayDegrees else displayDegrees
        isFront = front
        has = false
    }

    /** Where upright pictures of this size go, and how often at most; null for nowhere. Returns when it is so. */
    fun setEncoder(surface: Surface?, width: Int, height: Int, framesPerSecond: Int) = onThreadAndWait {
        encodedNs = 0
        encoder?.let(gl::release)
        encoder = surface?.let { gl.target(it, width, height) }
        // A little less than a frame, so that a camera's own unsteadiness loses none.
        frameGapNs = 1_000_000_000L / max(1, framesPerSecond) * 3 / 4
    }.reported()

    /**
     * Where small grey pictures go, with nothing painted over, at least [LUMA_MS] apart; null for
     * nowhere. They are for the tracker and never leave the phone. Returns when it is so.
     */
    fun setLuma(surface: Surface?, width: Int, height: Int) = onThreadAndWait {
        lumaNs = 0
        luma?.let(gl::release)
        luma = surface?.let { gl.target(it, width, height) }
    }.reported()

    /** Where the person sees them; null for nowhere. Returns when it is so. */
    fun setView(surface: Surface?, width: Int, height: Int) = onThreadAndWait {
        view?.let(gl::release)
        view = surface?.let { gl.target(it, width, height) }
    }.reported()

    /**
     * Exactly these rectangles are painted over from the next picture on. Returns the capture time in
     * microseconds from which on it is so.
     */
    fun setHidden(hidden: List<Box>): Long {
        var from = 0L
        onThreadAndWait {
            boxes = hidden
            from = newestNs / 1000 + 1
        }.reported()
        return from
    }

    private fun next() = guarded {
        gl.ready()
        source.updateTexImage()
        val time = source.timestamp
        has = true
        draw(time)
    }

    private fun repeat() = guarded {
        if (!has) return@guarded
        val time = newestNs + REPEAT_MS * 1_000_000
        onRepeat(time / 1000)
        draw(time)
    }

    private fun draw(time: Long) {
        source.getTransformMatrix(textureFromPicture)
        val plain = if (isFront) unmirrored(textureFromPicture) else textureFromPicture
        val turned = turned(plain, rotation)
        // The tracker knows what is drawn on a picture only if it saw it under that time.
        luma?.takeIf { time - lumaNs >= LUMA_MS * 1_000_000 }?.let {
            gl.draw(it, turned, WHOLE, emptyList(), time, grey = true)
            lumaNs = time
        }
        val covered = boxes + hiddenAt(time / 1000)
        // Out first: the person never sees more hidden than the others.
        encoder?.takeIf { time - encodedNs >= frameGapNs }?.let {
            gl.draw(it, turned, WHOLE, covered, time)
            encodedNs = time
        }
        newestNs = time
        newestTimeUs = time / 1000
        view?.let { target ->
            val frame = encoder ?: target
            gl.draw(target, turned, cover(frame.width, frame.height, target.width, target.height), covered, time)
            shownTimeUs = time / 1000
        }
        handler.removeCallbacks(again)
        handler.postDelayed(again, REPEAT_MS)
    }

    private fun guarded(work: () -> Unit) {
        try {
            work()
        } catch (error: Exception) {
            onFailure(error)
        }
    }

    private fun onThread(work: () -> Unit) {
        handler.post { guarded(work) }
    }

    private fun Exception?.reported() {
        this?.let(onFailure)
    }

    /** What went wrong, if anything. */
    private fun onThreadAndWait(work: () -> Unit): Exception? {
        val done = CountDownLatch(1)
        var failed: Exception? = null
        val posted = handler.post {
            try {
                work()
            } catch (error: Exception) {
                failed = error
            }
            done.countDown()
        }
        check(Looper.myLooper() != thread.looper) { "the picture's thread would wait for itself" }
        if (posted) done.await()
        return failed
    }

    override fun close() {
        onThreadAndWait {
            handler.removeCallbacksAndMessages(null)
            encoder?.let(gl::release)
            view?.let(gl::release)
            luma?.let(gl::release)
            input.release()
            source.release()
            gl.close()
        }
        thread.quitSafely()
    }

    companion object {
        /** After so long without a new picture the last one goes out again. */
        const val REPEAT_MS = 500L

        /** Pictures for the tracker come at least so far apart: a little less than 15 a second. */
        private const val LUMA_MS = 50L

        private val WHOLE = Pair(1f, 1f)

        /**
         * The matrix of a front camera's texture without the mirror that the system puts in for the
         * person's own view: the others must see writing the right way round. A matrix that keeps the
         * sense of turning has that mirror, because each texture is upside down as well.
         */
        internal fun unmirrored(textureFromPicture: FloatArray): FloatArray {
            val m = textureFromPicture
            if (m[0] * m[5] - m[1] * m[4] <= 0) return m
            // First to the other side of the picture, x to 1 - x.
            return FloatArray(16) { at ->
                when (at / 4) {
                    0 -> -m[at]
                    3 -> m[at] + m[at - 12]
                    else -> m[at]
                }
            }
        }

        /** How far a picture reaches beyond a view that it covers: at least 1 in each direction. */
        internal fun cover(width: Int, height: Int, viewWidth: Int, viewHeight: Int): Pair<Float, Float> {
            val picture = width.toFloat() / height
            val view = viewWidth.toFloat() / viewHeight
            return if (picture > view) Pair(picture / view, 1f) else Pair(1f, view / picture)
        }

        /**
         * Turns a texture's matrix, which is upright on a display in its natural position, for one that
         * is turned by so many degrees: about the middle of the picture.
         */
        internal fun turned(textureFromPicture: FloatArray, displayDegrees: Int): FloatArray {
            // Where the first and the second axis of the turned picture lie in the unturned one, and
            // where its corner: a display turned by 90 degrees needs the picture turned back by them.
            val (x, y, corner) = when ((displayDegrees % 360 + 360) % 360) {
                90 -> Triple(Pair(0f, -1f), Pair(1f, 0f), Pair(0f, 1f))
                180 -> Triple(Pair(-1f, 0f), Pair(0f, -1f), Pair(1f, 1f))
                270 -> Triple(Pair(0f, 1f), Pair(-1f, 0f), Pair(1f, 0f))
                else -> return textureFromPicture.copyOf()
            }
            val m = textureFromPicture
            return FloatArray(16) { at ->
                val row = at % 4
                when (at / 4) {
                    0 -> m[row] * x.first + m[4 + row] * x.second
                    1 -> m[row] * y.first + m[4 + row] * y.second
                    2 -> m[at]
                    else -> m[row] * corner.first + m[4 + row] * corner.second + m[12 + row]
                }
            }
        }
    }
}
