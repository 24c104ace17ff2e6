package org.sightline.assist.platform

import android.media.MediaCodec
import android.media.MediaFormat
import android.view.Surface
import org.sightline.assist.Codec
import org.sightline.assist.Picture
import kotlin.concurrent.thread

/**
 * Decodes received frames (VP8, H.264) with the phone's own decoder onto a surface, on a thread of its
 * own, for as long as it is open.
 *
 * The surface's timestamps name the frames: [frameTimeOf] gives back the frame time of the one that is
 * on screen.
 *
 * @param next the next frame, waiting so many milliseconds at most; null when none came.
 * @param requestKeyframe the decoder needs one to begin (again).
 * @param onSize the size in pixels of what is shown, on the decoder's thread.
 */
class VideoDecoder(
    private val surface: Surface,
    private val next: (Int) -> Picture?,
    private val requestKeyframe: () -> Unit,
    private val onSize: (Pixels) -> Unit,
) : AutoCloseable {
    @Volatile
    private var closed = false

    /** True while the picture on the surface stands; what comes is decoded all the same. */
    @Volatile
    var frozen = false

    private val worker = thread(name = "sightline-decoder") { run() }

    private fun run() {
        val sequence = Sequence()
        var decoder: Decoder? = null
        try {
            // Nothing can be decoded before it.
            requestKeyframe()
            while (!closed) {
                val picture = next(WAIT_MS)
                try {
                    if (picture != null && sequence.takes(picture)) {
                        if (sequence.isNew) {
                            decoder?.close()
                            decoder = null
                            decoder = Decoder(picture)
                        }
                        if (decoder?.put(picture) == false) lost(sequence)
                    }
                    decoder?.show(if (picture == null) 0 else DECODES_US)
                } catch (error: Exception) {
                    // A decoder may fail on a broken frame, or because the system took it away.
                    if (closed) return
                    android.util.Log.w("sightline", "the decoder failed", error)
                    decoder?.close()
                    decoder = null
                    lost(sequence)
                }
            }
        } finally {
            decoder?.close()
        }
    }

    private fun lost(sequence: Sequence) {
        sequence.lose()
        requestKeyframe()
    }

    /** Returns once the decoder's thread has ended, so that the surface can be released. */
    override fun close() {
        closed = true
        worker.join()
    }

    private inner class Decoder(first: Picture) : AutoCloseable {
        private val codec = MediaCodec.createDecoderByType(mimeOf(first.codec))
        private val info = MediaCodec.BufferInfo()

        init {
            try {
                val format = MediaFormat.createVideoFormat(mimeOf(first.codec), first.width, first.height)
                // No frame waits for the next one; older decoders do not know the key and ignore it.
                format.setInteger(MediaFormat.KEY_LOW_LATENCY, 1)
                format.setInteger(MediaFormat.KEY_PRIORITY, 0)
                codec.configure(format, surface, null, 0)
                codec.start()
            } catch (error: Exception) {
                codec.release()
                throw error
            }
            onSize(Pixels(first.width, first.height))
        }

        /** False when the decoder has no room: then this frame is lost. */
        fun put(picture: Picture): Boolean {
            val index = codec.dequeueInputBuffer(ROOM_US)
            if (index < 0) return false
            val buffer = codec.getInputBuffer(index)
            val fits = buffer != null && buffer.capacity() >= picture.data.size
            if (fits) buffer!!.put(picture.data)
            val flags = if (picture.keyframe) MediaCodec.BUFFER_FLAG_KEY_FRAME else 0
            codec.queueInputBuffer(index, 0, if (fits) picture.data.size else 0, timeOf(picture.frameTime), flags)
            return fits
        }

        /** Shows what is decoded, at once; waits so long for the first of it. */
        fun show(waitUs: Long) {
            var wait = waitUs
            while (true) {
                val index = codec.dequeueOutputBuffer(info, wait)
                wait = 0
                when {
                    index == MediaCodec.INFO_OUTPUT_FORMAT_CHANGED -> onSize(sizeOf(codec.outputFormat))
                    index < 0 -> return
                    else -> codec.releaseOutputBuffer(index, !frozen)
                }
            }
        }

        override fun close() = codec.release()
    }

    /** Which frames a decoder is given: from a keyframe on, and a new decoder when codec or size change. */
    internal class Sequence {
        private var wants = true
        private var shape: Triple<Codec, Int, Int>? = null

        /** True when the frame that was taken last needs a decoder of its own. */
        var isNew = false
            private set

        fun takes(picture: Picture): Boolean {
            if (wants && !picture.keyframe) return false
            val now = Triple(picture.codec, picture.width, picture.height)
            isNew = picture.keyframe && (wants || now != shape)
            if (isNew) shape = now
            wants = false
            return true
        }

        /** What comes cannot be decoded until the next keyframe. */
        fun lose() {
            wants = true
        }
    }

    companion object {
        private const val WAIT_MS = 20

        /** How long a decoder may take for a frame before the next one is asked for. */
        private const val DECODES_US = 20_000L

        /** How long a frame may wait for room in the decoder. */
        private const val ROOM_US = 20_000L

        internal fun mimeOf(codec: Codec) = when (codec) {
            Codec.VP8 -> MediaFormat.MIMETYPE_VIDEO_VP8
            Codec.H264 -> MediaFormat.MIMETYPE_VIDEO_AVC
        }

        /** A frame time as the decoder's presentation time: the number itself, unsigned. */
        fun timeOf(frameTime: Int): Long = frameTime.toLong() and 0xffff_ffffL

        /** The frame time of a picture whose surface has this timestamp in nanoseconds. */
        fun frameTimeOf(timestampNs: Long): Int = (timestampNs / 1000).toInt()

        /** What of the decoder's buffer is picture. */
        private fun sizeOf(format: MediaFormat): Pixels {
            fun number(key: String) = if (format.containsKey(key)) format.getInteger(key) else null
            val (left, right) = Pair(number("crop-left"), number("crop-right"))
            val (top, bottom) = Pair(number("crop-top"), number("crop-bottom"))
            val width = if (left != null && right != null) right - left + 1 else format.getInteger(MediaFormat.KEY_WIDTH)
            val height = if (top != null && bottom != null) bottom - top + 1 else format.getInteger(MediaFormat.KEY_HEIGHT)
            return Pixels(width, height)
        }
    }
}
