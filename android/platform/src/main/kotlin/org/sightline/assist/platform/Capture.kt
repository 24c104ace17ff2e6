package org.sightline.assist.platform

import android.content.Context
import android.content.Intent
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import org.sightline.assist.AssistError
import org.sightline.assist.AssistSession
import org.sightline.assist.EncoderRequest
import org.sightline.assist.Part
import org.sightline.assist.Turn
import org.sightline.assist.flow.Box
import java.nio.ByteBuffer

/**
 * Everything between camera or screen and a session: pictures upright and with what is private
 * painted over, encoded, and luma for the tracker. Belongs to one surface; made when the server
 * agreed, closed when anything ends.
 *
 * All calls on one thread (the app's main one); frames run on threads of their own.
 *
 * @param onFailure called on any thread.
 */
class Capture(
    private val context: Context,
    private val session: AssistSession,
    private val bitrateBps: Int,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val frames = HandlerThread("sightline-frames").apply { start() }
    private val encoding = HandlerThread("sightline-encoder").apply { start() }
    private val stage = PictureStage(onFailure)
    private var encoder: VideoEncoder? = null
    private var camera: CameraFeed? = null
    private var screen: ScreenFeed? = null
    private var screenLuma: ScreenLuma? = null
    private var picture = Pixels(1280, 720)
    private var limit = EncoderRequest.SizeAndRate(1280, 1280, 30)
    private var bitrate = bitrateBps

    @Volatile
    private var luma: Luma? = null

    @Volatile
    private var faces: FaceWatch? = null

    private class Luma(val width: Int, val height: Int, val turn: Turn, val plane: ByteBuffer)

    /** Size of the upright picture. */
    val size: Pixels get() = picture

    /** Capture time in microseconds of the picture on the view. */
    val shownTimeUs: Long get() = stage.shownTimeUs

    /** Capture time in microseconds of the newest picture, whether a view shows it or not. */
    val newestTimeUs: Long get() = stage.newestTimeUs

    /** Size in pixels of what is shared of the screen: the whole of it, or one app. */
    var sharedSize: Pixels? = null
        private set

    /** True when there is a light. */
    val hasTorch: Boolean get() = camera?.hasTorch == true

    /**
     * Opens the camera for a display that is turned by so many degrees from its natural position.
     * [front] is the camera that looks at the person; it is sent and shown unmirrored, so that writing
     * can be read and every drawing lies where its author put it.
     */
    fun openCamera(displayDegrees: Int, front: Boolean) {
        val handler = Handler(frames.looper)
        lateinit var feed: CameraFeed
        feed = CameraFeed(context, handler, { time, width, height, stride, plane ->
            val turn = turnOf(feed.sensorDegrees, displayDegrees, front)
            session.pushLuma(time, width, height, stride, turn, plane)
            faces?.offer(time, width, height, stride, turn, plane)
            keep(width, height, stride, turn, plane)
        }, front, onFailure)
        camera = feed
        picture = upright(feed.sizes.picture, turnOf(feed.sensorDegrees, displayDegrees, front))
        stage.setSource(feed.sizes.picture.width, feed.sizes.picture.height, displayDegrees, front)
        // The tracker knows what is drawn on a picture only if it saw it under that time; and a finder
        // of faces that says nothing hides everything.
        stage.onRepeat = { time ->
            luma?.let {
                session.pushLuma(time, it.width, it.height, it.width, it.turn, it.plane.duplicate())
                handler.post { faces?.offer(time, it.width, it.height, it.width, it.turn, it.plane.duplicate()) }
            }
        }
        encode()
        feed.open(stage.input)
    }

    /** Shows the screen; to be called by the foreground service, with the system's answer. */
    fun openScreen(resultCode: Int, answer: Intent, whole: Pixels, densityDpi: Int, onStopped: () -> Unit) {
        val feed = ScreenFeed(context, resultCode, answer, Handler(context.mainLooper), onStopped) { resizeScreen(it, densityDpi) }
        screen = feed
        sharedSize = whole
        picture = fit(whole, Pixels(1280, 1280))
        stage.setSource(picture.width, picture.height, 0)
        encode()
        trackScreen()
        feed.open(stage.input, picture, densityDpi)
    }

    private fun trackScreen() {
        val size = ScreenLuma.sizeFor(picture)
        if (screenLuma?.size == size) return
        val next = ScreenLuma(size, Handler(frames.looper), { time, width, height, plane ->
            session.pushLuma(time, width, height, width, Turn.NONE, plane)
        }, onFailure)
        stage.setLuma(next.surface, size.width, size.height)
        screenLuma?.close()
        screenLuma = next
    }

    /** The screen has another shape now: the phone was turned, or the shared app is another one. */
    fun resizeScreen(whole: Pixels, densityDpi: Int) {
        if (screen == null || whole == sharedSize) return
        sharedSize = whole
        picture = fit(whole, Pixels(1280, 1280))
        stage.setSource(picture.width, picture.height, 0)
        screen?.resize(picture, densityDpi)
        trackScreen()
        encode()
    }

    /** Where the person sees what is sent; null for nowhere. */
    fun setView(surface: Surface?, width: Int, height: Int) = stage.setView(surface, width, height)

    /** Painted over from the next picture on; returns the capture time in microseconds from which on it is so. */
    fun setHidden(boxes: List<Box>): Long = stage.setHidden(boxes)

    /**
     * Finds faces and paints them over, or stops to. What a finder says counts for the core only
     * while the session was told that there is one.
     */
    fun setFaces(on: Boolean, finder: () -> FaceFinder = ::PlatformFaces) {
        if (on == (faces != null)) return
        faces?.close()
        faces = if (on) FaceWatch(finder(), ::tellFaces) else null
        stage.hiddenAt = if (on) { time -> session.hiddenAt(time).parts.map { it.box } } else { _ -> emptyList() }
    }

    private fun tellFaces(timeUs: Long, found: List<Part>?) = try {
        session.privateFound(timeUs, found)
    } catch (_: AssistError) {
        // A part that is none counts as a finder that cannot tell: the core hides everything.
    }

    fun setTorch(on: Boolean) = camera?.setTorch(on)

    fun setZoom(ratio: Double) = camera?.setZoom(ratio.toFloat())

    fun setFrozen(on: Boolean) = camera?.setFrozen(on)

    /** Carries out what the core asks of the encoder. */
    fun handle(request: EncoderRequest) {
        when (request) {
            is EncoderRequest.SizeAndRate -> if (request != limit) {
                limit = request
                encode()
            }
            is EncoderRequest.Bitrate -> {
                bitrate = request.bps
                encoder?.handle(request)
            }
            EncoderRequest.Keyframe -> encoder?.handle(request)
        }
    }

    /** A new encoder for the size and rate of now; its first frame is a keyframe by itself. */
    private fun encode() {
        val size = fit(picture, Pixels(limit.width, limit.height))
        try {
            val next = VideoEncoder(session, size.width, size.height, bitrate, limit.framesPerSecond, Handler(encoding.looper), onFailure)
            stage.setEncoder(next.input, size.width, size.height, limit.framesPerSecond)
            encoder?.close()
            encoder = next
        } catch (error: Exception) {
            onFailure(error)
        }
    }

    private fun keep(width: Int, height: Int, stride: Int, turn: Turn, plane: ByteBuffer) {
        val kept = luma?.takeIf { it.width == width && it.height == height }?.plane ?: ByteBuffer.allocateDirect(width * height)
        val rows = plane.duplicate()
        val first = rows.position()
        val into = kept.duplicate().apply { clear() }
        for (row in 0 until height) {
            rows.limit(first + row * stride + width).position(first + row * stride)
            into.put(rows)
        }
        luma = Luma(width, height, turn, kept)
    }

    private val Part.box get() = Box(left.toDouble(), top.toDouble(), (left + width).toDouble(), (top + height).toDouble())

    override fun close() {
        camera?.close()
        screen?.close()
        faces?.close()
        stage.close()
        screenLuma?.close()
        encoder?.close()
        frames.quitSafely()
        encoding.quitSafely()
    }
}
