package org.sightline.assist.platform

import android.graphics.PixelFormat
import android.media.ImageReader
import android.os.Handler
import java.nio.ByteBuffer

/**
 * Takes small grey pictures of a shared screen from [PictureStage] and gives their brightness to the
 * tracker, so that drawings follow what is scrolled.
 *
 * @param handler of a thread of its own, on which [onLuma] is called: capture time in microseconds,
 *   width, height, and the plane without gaps in a direct buffer that is valid during the call.
 */
internal class ScreenLuma(
    val size: Pixels,
    handler: Handler,
    private val onLuma: (Long, Int, Int, ByteBuffer) -> Unit,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val reader = ImageReader.newInstance(size.width, size.height, PixelFormat.RGBA_8888, 2)
    private val plane = ByteBuffer.allocateDirect(size.width * size.height)
    private val packed = ByteArray(size.width * size.height)
    private var row = ByteArray(0)

    @Volatile
    private var closed = false

    /** Where the stage draws to. */
    val surface get() = reader.surface

    init {
        reader.setOnImageAvailableListener({ take() }, handler)
    }

    private fun take() {
        try {
            reader.acquireLatestImage()?.use { image ->
                val source = image.planes[0]
                if (row.size != source.rowStride) row = ByteArray(source.rowStride)
                reds(source.buffer, source.rowStride, source.pixelStride, size.width, size.height, row, packed)
                plane.clear()
                plane.put(packed).flip()
                onLuma(image.timestamp / 1000, size.width, size.height, plane)
            }
        } catch (error: Exception) {
            // The reader may have been closed while this call was under way.
            if (!closed) onFailure(error)
        }
    }

    override fun close() {
        closed = true
        reader.close()
    }

    companion object {
        /** Longest side in pixels. */
        private const val LONGEST = 640

        /** The size for a picture of this one. */
        fun sizeFor(picture: Pixels) = fit(picture, Pixels(LONGEST, LONGEST))

        /** The first byte of each pixel: in a grey picture that is its brightness. The last row may be cut behind its last pixel. */
        internal fun reds(from: ByteBuffer, rowStride: Int, pixelStride: Int, width: Int, height: Int, row: ByteArray, into: ByteArray) {
            val bytes = from.duplicate()
            val first = bytes.position()
            for (y in 0 until height) {
                bytes.position(first + y * rowStride)
                bytes.get(row, 0, minOf(row.size, bytes.remaining()))
                for (x in 0 until width) into[y * width + x] = row[x * pixelStride]
            }
        }
    }
}
