package org.sightline.assist.app

import com.google.zxing.BarcodeFormat
import com.google.zxing.qrcode.QRCodeWriter
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Test
import java.nio.ByteBuffer

private const val LINK = "https://help.example.com/j/#abcDEF_-123456789012345"
private const val STRIDE = 704

/** QR codes in luma planes as a camera gives them. */
class CodeReaderTest {
    private val codes = CodeReader()

    /** A code on grey, [turn] quarters clockwise, rows longer than the picture, nothing behind the last pixel. */
    private fun plane(text: String, turn: Int = 0, invert: Boolean = false): ByteBuffer {
        val side = 300
        val matrix = QRCodeWriter().encode(text, BarcodeFormat.QR_CODE, side, side)
        val plane = ByteBuffer.allocateDirect(STRIDE * 479 + 640)
        for (at in 0 until plane.capacity()) plane.put(at, 0x90.toByte())
        for (y in 0 until side) for (x in 0 until side) {
            val dark = matrix[x, y] != invert
            val (toX, toY) = when (turn) {
                1 -> Pair(side - 1 - y, x)
                2 -> Pair(side - 1 - x, side - 1 - y)
                3 -> Pair(y, side - 1 - x)
                else -> Pair(x, y)
            }
            plane.put((90 + toY) * STRIDE + 170 + toX, (if (dark) 40 else 210).toByte())
        }
        return plane
    }

    @Test
    fun `a link is read from a sensor's picture however the phone is held`() {
        for (turn in 0..3) assertEquals(LINK, codes.read(plane(LINK, turn), 640, 480, STRIDE))
        assertEquals(LINK, codes.read(plane(LINK, invert = true), 640, 480, STRIDE))
    }

    @Test
    fun `a picture without a code, or one that is cut short, says nothing`() {
        assertNull(codes.read(ByteBuffer.allocateDirect(STRIDE * 480), 640, 480, STRIDE))
        assertNull(codes.read(plane(LINK), 640, 481, STRIDE))
        assertNull(codes.read(plane(LINK), 640, 480, 600))
        assertNull(codes.read(plane(LINK).position(STRIDE * 200).slice(), 640, 270, STRIDE))
    }
}
