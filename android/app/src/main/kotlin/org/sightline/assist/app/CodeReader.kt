package org.sightline.assist.app

import com.google.zxing.BarcodeFormat
import com.google.zxing.BinaryBitmap
import com.google.zxing.DecodeHintType
import com.google.zxing.LuminanceSource
import com.google.zxing.PlanarYUVLuminanceSource
import com.google.zxing.ReaderException
import com.google.zxing.common.HybridBinarizer
import com.google.zxing.qrcode.QRCodeReader
import java.nio.ByteBuffer

/** Reads QR codes out of luma planes, one at a time. */
class CodeReader {
    private val reader = QRCodeReader()
    private val hints = mapOf(DecodeHintType.POSSIBLE_FORMATS to listOf(BarcodeFormat.QR_CODE), DecodeHintType.TRY_HARDER to true)
    private var bytes = ByteArray(0)

    /** What the code in this picture says, null for none; [stride] bytes from row to row. */
    fun read(plane: ByteBuffer, width: Int, height: Int, stride: Int): String? {
        val size = stride * (height - 1) + width
        if (width < 1 || height < 1 || stride < width || plane.remaining() < size) return null
        // The last row of a camera's plane may end where its pixels do.
        if (bytes.size < stride * height) bytes = ByteArray(stride * height)
        plane.duplicate().get(bytes, 0, size)
        val source = PlanarYUVLuminanceSource(bytes, stride, height, 0, 0, width, height, false)
        // A code on a dark screen may be light on dark.
        return decode(source) ?: decode(source.invert())
    }

    private fun decode(source: LuminanceSource): String? = try {
        reader.decode(BinaryBitmap(HybridBinarizer(source)), hints).text
    } catch (_: ReaderException) {
        null
    } finally {
        reader.reset()
    }
}
