package org.sightline.assist.platform

import org.junit.jupiter.api.Assertions.assertArrayEquals
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Test
import org.sightline.assist.Part
import org.sightline.assist.Turn
import java.nio.ByteBuffer
import java.util.concurrent.AbstractExecutorService
import java.util.concurrent.TimeUnit
import kotlin.math.roundToInt

/** A worker that works when it is told to. */
private class Later : AbstractExecutorService() {
    val waiting = ArrayDeque<Runnable>()
    private var over = false

    fun work() = waiting.removeFirst().run()

    override fun execute(task: Runnable) {
        waiting += task
    }

    override fun shutdown() {
        over = true
    }

    override fun shutdownNow() = waiting.toMutableList()
    override fun isShutdown() = over
    override fun isTerminated() = over
    override fun awaitTermination(time: Long, unit: TimeUnit) = over
}

/** When faces are looked for and what the core is told; the detector itself is Android's. */
class FacesTest {
    private val worker = Later()
    private val told = mutableListOf<Pair<Long, List<Part>?>>()
    private val part = Part(0.1f, 0.2f, 0.3f, 0.4f)

    private fun watch(finder: FaceFinder) = FaceWatch(finder, { time, found -> told += Pair(time, found) }, worker)

    private fun FaceWatch.offer(timeUs: Long) = offer(timeUs, 4, 2, 4, Turn.NONE, ByteBuffer.allocateDirect(8))

    @Test
    fun `the newest picture is looked at a few times a second, and none while another is looked at`() {
        val watch = watch { listOf(part) }
        watch.offer(0)
        watch.offer(FaceWatch.GAP_US)
        assertEquals(1, worker.waiting.size, "it is still looking")
        worker.work()
        watch.offer(FaceWatch.GAP_US - 1)
        assertEquals(0, worker.waiting.size, "too soon")
        watch.offer(FaceWatch.GAP_US)
        worker.work()
        // A clock that goes back, as after the camera was opened anew, silences nobody.
        watch.offer(5)
        worker.work()
        assertEquals(listOf(0L, FaceWatch.GAP_US, 5L), told.map { it.first })
        assertEquals(listOf(part), told[0].second)
    }

    @Test
    fun `a finder that fails says so, and looks again`() {
        var calls = 0
        val watch = watch { if (calls++ == 0) throw UnsatisfiedLinkError("no such library") else emptyList() }
        watch.offer(0)
        worker.work()
        watch.offer(FaceWatch.GAP_US)
        worker.work()
        assertEquals(listOf(null, emptyList<Part>()), told.map { it.second })
    }

    /** Three columns and two rows, with a byte behind each row: 1 2 3 over 4 5 6. */
    private val plane = ByteBuffer.allocateDirect(7).put(byteArrayOf(1, 2, 3, 9, 4, 5, 6)).flip()

    private fun pixels(turn: Turn) = FaceWatch.upright(plane, 3, 2, 4, turn)

    @Test
    fun `a sensor's picture stands upright before faces are looked for, and its width is even`() {
        assertArrayEquals(byteArrayOf(1, 2, 4, 5), pixels(Turn.NONE).pixels)
        assertArrayEquals(byteArrayOf(4, 1, 5, 2, 6, 3), pixels(Turn.RIGHT).pixels)
        assertArrayEquals(byteArrayOf(6, 5, 3, 2), pixels(Turn.HALF).pixels)
        assertArrayEquals(byteArrayOf(3, 6, 2, 5, 1, 4), pixels(Turn.LEFT).pixels)
        assertEquals(listOf(2, 3), pixels(Turn.LEFT).let { listOf(it.width, it.height) })
        val large = FaceWatch.upright(ByteBuffer.allocateDirect(1280 * 720), 1280, 720, 1280, Turn.RIGHT)
        assertEquals(listOf(360, 640), listOf(large.width, large.height), "no larger than a detector needs")
    }

    @Test
    fun `a brightness becomes a grey of 16 bits`() {
        assertEquals(0.toShort(), PlatformFaces.rgb565(0))
        assertEquals(0xffff.toShort(), PlatformFaces.rgb565(255.toByte()))
        assertEquals(0x8410.toShort(), PlatformFaces.rgb565(0x80.toByte()))
    }

    @Test
    fun `a face is as wide as its eyes tell, and stays in the picture`() {
        fun sides(x: Float, y: Float) = PlatformFaces.facePart(x, y, 20f, 200, 400)
            ?.let { listOf(it.left, it.top, it.width, it.height) }?.map { (it * 1000).roundToInt() }
        assertEquals(listOf(370, 440, 260, 155), sides(100f, 200f))
        assertEquals(listOf(0, 0, 130, 95), sides(0f, 0f))
        assertEquals(null, PlatformFaces.facePart(-100f, 10f, 20f, 200, 400))
    }
}
