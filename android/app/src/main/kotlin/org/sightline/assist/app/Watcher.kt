package org.sightline.assist.app

import android.view.Surface
import org.sightline.assist.AssistError
import org.sightline.assist.AssistSession
import org.sightline.assist.Drawing
import org.sightline.assist.platform.Pixels
import org.sightline.assist.platform.VideoDecoder

/**
 * What a technician watches: the received picture on a surface, and which frame of it is on screen.
 * All on the main thread.
 *
 * @param onMain runs something on the main thread.
 */
class Watcher(private val session: AssistSession, private val onMain: (() -> Unit) -> Unit) : AutoCloseable {
    private var decoder: VideoDecoder? = null
    private var held: Int? = null

    /** Size of the picture in pixels, once one was decoded. */
    var size: Pixels? = null
        private set

    /** Told when [size] changes. */
    var onSize: () -> Unit = {}

    /** The frame that is on screen; null before the first one. */
    var frameTime: Int? = null
        private set

    /** Begins to decode onto this surface; null for nowhere, and then the surface may be released. */
    fun show(on: Surface?) {
        decoder?.close()
        decoder = on?.let {
            VideoDecoder(it, session::nextVideo, ::wantKeyframe) { found -> onMain { sized(found) } }.apply { frozen = held != null }
        }
    }

    private fun wantKeyframe() = try {
        session.requestKeyframe()
    } catch (_: AssistError) {
        // The session is over, of which it also tells.
    }

    private fun sized(found: Pixels) {
        if (size == found) return
        size = found
        onSize()
    }

    /** The surface shows another picture now, with this timestamp in nanoseconds. */
    fun shown(timestampNs: Long) {
        frameTime = VideoDecoder.frameTimeOf(timestampNs)
    }

    /** What to draw on the picture that is on screen. */
    fun drawings(): List<Drawing> = frameTime?.let(session::overlayOn).orEmpty()

    /** Holds the picture, to draw on it calmly, or goes on. The tracker keeps that frame meanwhile. */
    fun freeze(on: Boolean) {
        decoder?.frozen = on
        val wanted = if (on) frameTime else null
        if (wanted == held) return
        held?.let { hold(it, false) }
        wanted?.let { hold(it, true) }
        held = wanted
    }

    /** A finger went down on this frame; it stays known until the stroke was sent. */
    fun begin() {
        if (held == null) frameTime?.let { hold(it, true) }
    }

    /** The finger gave up. */
    fun giveUp(frame: Int?) {
        if (held == null) frame?.let { hold(it, false) }
    }

    private fun hold(frame: Int, on: Boolean) = try {
        session.holdFrame(frame, on)
    } catch (_: AssistError) {
        // A drawing on it may have to do with the newest frame.
    }

    /** The live pointer, in shares of the picture; [visible] false takes it away. */
    fun point(x: Double, y: Double, visible: Boolean) = try {
        session.point(x.toFloat(), y.toFloat(), visible, frameTime)
    } catch (_: AssistError) {
        // A pointer that does not arrive is followed by the next one.
    }

    override fun close() = show(null)
}
