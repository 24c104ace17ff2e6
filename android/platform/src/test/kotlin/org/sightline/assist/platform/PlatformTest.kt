package org.sightline.assist.platform

import android.os.PowerManager
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.sightline.assist.Codec
import org.sightline.assist.Picture
import org.sightline.assist.Thermal
import org.sightline.assist.Turn
import org.sightline.assist.flow.Box

/** What can be run of the platform's code without a phone. */
class PlatformTest {
    @Test
    fun `a sensor's picture is turned upright on every display`() {
        // Most phones: the sensor is mounted a quarter turn to the right.
        assertEquals(Turn.RIGHT, turnOf(90, 0))
        assertEquals(Turn.NONE, turnOf(90, 90))
        assertEquals(Turn.LEFT, turnOf(90, 180))
        assertEquals(Turn.HALF, turnOf(90, 270))
        assertEquals(Turn.LEFT, turnOf(270, 0))
    }

    @Test
    fun `all thermal states of Android are known`() {
        val states = (PowerManager.THERMAL_STATUS_NONE..PowerManager.THERMAL_STATUS_SHUTDOWN).map(PowerWatch::thermalOf)
        val (nominal, fair, serious, critical) = listOf(Thermal.NOMINAL, Thermal.FAIR, Thermal.SERIOUS, Thermal.CRITICAL)
        assertEquals(listOf(nominal, fair, fair, serious, critical, critical, critical), states)
    }

    private val vga = Pixels(640, 480)
    private val hd = Pixels(1280, 720)

    @Test
    fun `the tracked picture is the same part of the sensor as the sent one`() {
        val wide = Pixels(640, 360)
        assertEquals(CameraSizes(hd, wide), pickSizes(listOf(Pixels(1920, 1080), hd, vga), listOf(hd, vga, wide)))
        assertEquals(CameraSizes(hd, hd), pickSizes(listOf(hd, vga), listOf(hd, vga)), "larger rather than of another shape")
        assertEquals(CameraSizes(Pixels(1280, 960), vga), pickSizes(listOf(hd, vga, Pixels(1280, 960)), listOf(vga)))
        assertEquals(null, pickSizes(listOf(hd), listOf(vga)), "the control: no two of one shape")
        assertEquals(null, pickSizes(listOf(Pixels(3840, 2160)), listOf(wide)))
    }

    @Test
    fun `an encoder's picture keeps its shape, fits, and has even sides`() {
        assertEquals(Pixels(720, 1280), fit(hd.turned(), Pixels(1280, 1280)))
        assertEquals(Pixels(540, 960), fit(hd.turned(), Pixels(960, 960)))
        assertEquals(Pixels(640, 360), fit(hd, Pixels(640, 640)))
        assertEquals(Pixels(576, 1280), fit(Pixels(1080, 2400), Pixels(1280, 1280)))
        assertEquals(vga, fit(vga, hd), "nothing is made larger")
        assertEquals(hd.turned(), upright(hd, Turn.RIGHT))
        assertEquals(hd, upright(hd, Turn.HALF))
    }

    private val identity = FloatArray(16) { if (it % 5 == 0) 1f else 0f }

    /** Where a texture is looked at for a place of the picture; rows count from the bottom. */
    private fun look(matrix: FloatArray, x: Float, y: Float) =
        Pair(matrix[0] * x + matrix[4] * y + matrix[12], matrix[1] * x + matrix[5] * y + matrix[13])

    @Test
    fun `a turned display sees the picture turned back`() {
        // Turned by 90: what stood at the top left of the upright picture lies at the bottom left.
        assertEquals(Pair(0f, 1f), look(PictureStage.turned(identity, 90), 0f, 0f))
        assertEquals(Pair(1f, 1f), look(PictureStage.turned(identity, 90), 0f, 1f).let { Pair(it.first + 0f, it.second + 0f) })
        assertEquals(Pair(1f, 1f), look(PictureStage.turned(identity, 180), 0f, 0f))
        assertEquals(Pair(1f, 0f), look(PictureStage.turned(identity, 270), 0f, 0f))
        assertEquals(Pair(0f, 0f), look(PictureStage.turned(identity, 0), 0f, 0f))
        val turns = listOf(90, 180, 270).map { PictureStage.turned(identity, it) }
        for (turn in turns) assertEquals(Pair(0.5f, 0.5f), look(turn, 0.5f, 0.5f), "the middle stays")
        val round = PictureStage.turned(PictureStage.turned(identity, 90), 270)
        for ((x, y) in listOf(Pair(0f, 0f), Pair(1f, 0f), Pair(0.25f, 0.75f))) assertEquals(Pair(x, y), look(round, x, y))
        // A camera's own turn comes on top: a picture that is upright only after 90 degrees.
        val camera = PictureStage.turned(identity, 270)
        val both = PictureStage.turned(camera, 90)
        assertEquals(Pair(0.25f, 0.75f), look(both, 0.25f, 0.75f))
    }

    @Test
    fun `a camera that looks at the person is turned the other way round`() {
        // Most phones: the front sensor is mounted a quarter turn to the left.
        assertEquals(Turn.LEFT, turnOf(270, 0, front = true))
        assertEquals(Turn.NONE, turnOf(270, 90, front = true))
        assertEquals(Turn.RIGHT, turnOf(270, 180, front = true))
        assertEquals(Turn.HALF, turnOf(270, 270, front = true))
    }

    /** A texture upside down, as the system gives it, with and without its mirror for the person's own view. */
    private val plain = identity.copyOf().also {
        it[5] = -1f
        it[13] = 1f
    }
    private val mirrored = plain.copyOf().also {
        it[0] = -1f
        it[12] = 1f
    }

    @Test
    fun `the front camera's picture is sent the right way round`() {
        for ((x, y) in listOf(Pair(0f, 0f), Pair(1f, 0f), Pair(0.25f, 0.75f))) {
            assertEquals(look(plain, x, y), look(PictureStage.unmirrored(mirrored), x, y))
            assertEquals(look(plain, x, y), look(PictureStage.unmirrored(plain), x, y), "the control: it had no mirror")
            // Turned by a quarter, as sensors are mounted.
            val turned = PictureStage.turned(mirrored, 90)
            assertEquals(look(turned, 1 - x, y), look(PictureStage.unmirrored(turned), x, y))
        }
    }

    @Test
    fun `the brightness of a shared screen is every pixel's first byte`() {
        // Two pixels a row of four bytes each, two bytes behind a row, nothing behind the last pixel.
        val bytes = ByteArray(18) { it.toByte() }
        val out = ByteArray(4)
        ScreenLuma.reds(java.nio.ByteBuffer.wrap(bytes), 10, 4, 2, 2, ByteArray(10), out)
        assertEquals(listOf<Byte>(0, 4, 10, 14), out.toList())
        assertEquals(Pixels(288, 640), ScreenLuma.sizeFor(Pixels(576, 1280)))
    }

    private fun picture(keyframe: Boolean, codec: Codec = Codec.VP8, width: Int = 640) =
        Picture(0, keyframe, codec, width, 360, ByteArray(0))

    @Test
    fun `a decoder begins at a keyframe, and codec and size change with one`() {
        val sequence = VideoDecoder.Sequence()
        assertEquals(false, sequence.takes(picture(keyframe = false)))
        fun takes(picture: Picture) = Pair(sequence.takes(picture), sequence.isNew)
        assertEquals(Pair(true, true), takes(picture(keyframe = true)))
        assertEquals(Pair(true, false), takes(picture(keyframe = false)))
        assertEquals(Pair(true, false), takes(picture(keyframe = true)))
        assertEquals(Pair(true, true), takes(picture(keyframe = true, width = 1280)))
        assertEquals(Pair(true, true), takes(picture(keyframe = true, Codec.H264, 1280)))
        sequence.lose()
        assertEquals(false, sequence.takes(picture(keyframe = false)))
        assertEquals(Pair(true, true), takes(picture(keyframe = true, Codec.H264, 1280)), "a decoder that failed is made anew")
    }

    @Test
    fun `the picture on the surface names its frame, also when frame times wrap`() {
        for (frameTime in listOf(0, 3_000, Int.MAX_VALUE, Int.MIN_VALUE, -1, -3_000)) {
            assertEquals(frameTime, VideoDecoder.frameTimeOf(VideoDecoder.timeOf(frameTime) * 1_000))
        }
    }

    @Test
    fun `a picture covers its view and is cropped on one side only`() {
        assertEquals(Pair(1f, 1f), PictureStage.cover(720, 1280, 360, 640))
        val (x, y) = PictureStage.cover(1280, 720, 720, 1480)
        assertEquals(1f, y)
        assertEquals(1280f / 720 / (720f / 1480), x)
        assertEquals(1f, PictureStage.cover(720, 1280, 1480, 720).first)
    }

    @Test
    fun `a hidden part covers every pixel that it touches, counted from the bottom`() {
        val whole = Pair(1f, 1f)
        assertEquals(listOf(0, 0, 720, 1280), GlPicture.pixels(Box(0.0, 0.0, 1.0, 1.0), 720, 1280, whole).toList())
        assertEquals(listOf(0, 960, 360, 320), GlPicture.pixels(Box(0.0, 0.0, 0.5, 0.25), 720, 1280, whole).toList())
        val (left, bottom, width, height) = GlPicture.pixels(Box(0.1001, 0.1001, 0.2, 0.2), 100, 100, whole)
        assertEquals(listOf(10, 80, 10, 10), listOf(left, bottom, width, height))
        // On a view that crops half of the picture's width away.
        assertEquals(listOf(0, 0, 100, 100), GlPicture.pixels(Box(0.25, 0.0, 0.75, 1.0), 100, 100, Pair(2f, 1f)).toList())
        assertEquals(0, GlPicture.pixels(Box(0.0, 0.0, 0.2, 1.0), 100, 100, Pair(2f, 1f))[2])
    }

    @Test
    fun `the decoder's header says one channel at 48 kHz`() {
        val head = Loudspeaker.opusHead()
        assertEquals("OpusHead", String(head, 0, 8))
        assertEquals(listOf(1, 1, 0, 0), head.slice(8..11).map { it.toInt() })
        assertEquals(48_000, java.nio.ByteBuffer.wrap(head).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(12))
        assertEquals(19, head.size)
    }
}
