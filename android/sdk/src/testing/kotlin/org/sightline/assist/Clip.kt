package org.sightline.assist

import java.io.File
import java.nio.ByteBuffer
import java.nio.ByteOrder
import java.util.concurrent.Executors
import java.util.concurrent.TimeUnit

/** The test clip as a phone would push it: encoded frames, luma planes, and where a point really is. */
class Clip {
    val width: Int
    val height: Int
    private val encoded: List<Pair<Boolean, ByteBuffer>>
    private val luma: ByteBuffer
    private val truth: List<List<Double>>

    init {
        val ivf = File(ROOT, "target/ffi-test/board.ivf").readBytes()
        val bytes = ByteBuffer.wrap(ivf).order(ByteOrder.LITTLE_ENDIAN)
        width = bytes.getShort(12).toInt()
        height = bytes.getShort(14).toInt()
        encoded = buildList {
            var at = 32
            while (at < ivf.size) {
                val size = bytes.getInt(at)
                val frame = ByteBuffer.allocateDirect(size).put(ivf, at + 12, size).flip()
                // RFC 6386, section 9.1: the first bit of a key frame is 0.
                add(Pair(frame.get(0).toInt() and 1 == 0, frame))
                at += 12 + size
            }
        }
        val planes = File(ROOT, "target/ffi-test/board.gray").readBytes()
        luma = ByteBuffer.allocateDirect(planes.size).put(planes).flip()
        truth = File(ROOT, "target/demo/board.mp4.gt.csv").readLines().drop(1)
            .map { line -> line.split(',').map { it.toDouble() } }
        check(encoded.size == planes.size / (width * height)) { "${encoded.size} frames" }
    }

    val frames get() = encoded.size

    fun timeUs(frame: Int): Long = frame * 1_000_000L / 30

    /**
     * Gives these frames as a camera does, on a thread of its own: never two within 33 ms, which the
     * tracker needs, and none twice as fast when the machine was busy. Returns after the last one.
     */
    fun play(frames: Sequence<Int>, onFrame: (Int) -> Unit) {
        val camera = Executors.newSingleThreadScheduledExecutor()
        try {
            var due = System.nanoTime()
            for (frame in frames) {
                camera.schedule({ onFrame(frame) }, due - System.nanoTime(), TimeUnit.NANOSECONDS).get()
                due = maxOf(due + 1_000_000_000L / 30, System.nanoTime())
            }
        } finally {
            camera.shutdownNow()
        }
    }

    fun encoded(frame: Int): ByteBuffer = encoded[frame].second.duplicate()

    fun keyframe(frame: Int) = encoded[frame].first

    /** A buffer whose position is not 0, as a camera gives it. */
    fun luma(frame: Int): ByteBuffer = luma.duplicate().position(frame * width * height)

    /** Where point [n] of the board is in a frame, in shares; the truth is of 1280 x 720. */
    fun truth(frame: Int, n: Int) = Pair(truth[frame][2 + 2 * n] / 1280, truth[frame][3 + 2 * n] / 720)
}
