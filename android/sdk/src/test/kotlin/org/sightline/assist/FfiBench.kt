package org.sightline.assist

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.sightline.ffi.SessionEvent
import org.sightline.ffi.SessionObserver
import java.lang.management.ManagementFactory
import java.nio.ByteBuffer
import java.util.Locale
import java.util.concurrent.CountDownLatch
import java.util.concurrent.TimeUnit
import java.util.concurrent.atomic.AtomicInteger
import org.sightline.ffi.AssistSession as Core
import org.sightline.ffi.EncoderRequest as CoreRequest

private const val ROUNDS = 2_000
private const val DRAWINGS = 5

/** What a call over the border costs, in microseconds of the calling thread's CPU; run by name. */
class FfiBench {
    private val threads = ManagementFactory.getThreadMXBean()
    private val clip = Clip()

    /** Median over rounds after a warm-up of as many. */
    private fun cpuUs(call: (Int) -> Unit): Double {
        repeat(ROUNDS, call)
        return List(ROUNDS) { round ->
            val before = threads.currentThreadCpuTime
            call(round)
            (threads.currentThreadCpuTime - before) / 1000.0
        }.sorted()[ROUNDS / 2]
    }

    @Test
    fun bench() = RealServer().use { server ->
        server.agent().use { agent ->
            AssistSession().use { phone -> run(server, agent, phone) }
        }
    }

    private fun run(server: RealServer, agent: Agent, phone: AssistSession) {
        runBlocking { phone.join(JoinConfig(server.customerLink(), codec = Codec.VP8)) }
        phone.setConsent(true)
        runBlocking { phone.events.first { it is AssistEvent.SendingStarted } }
        val surface = agent.next("surface_updated") { true }["surface"]["id"].asText()
        val plane = ByteBuffer.allocateDirect(640 * 480).put(clip.luma(0).limit(640 * 360)).clear()
        val frame = ByteBuffer.allocateDirect(20_000)
        var time = 0L
        val luma = cpuUs { phone.pushLuma(++time, 640, 480, 640, Turn.NONE, plane) }
        val encoded = cpuUs { phone.pushEncodedVideo(++time, true, 640, 480, frame) }
        // The tracker answers for the newest frame only once its queue is empty.
        repeat(DRAWINGS) { agent.circle("c$it", surface, null, 0.3 + 0.1 * it, 0.5) }
        var shown = 0
        clip.play((1..1_000).asSequence().takeWhile { shown < DRAWINGS }) {
            time += 33_333
            phone.pushLuma(time, 640, 480, 640, Turn.NONE, plane)
            shown = phone.overlayAt(time).size
        }
        check(shown == DRAWINGS) { "only $shown drawings are shown" }
        val overlay = cpuUs { phone.overlayAt(time) }
        val event = eventUs()
        println(
            String.format(
                Locale.ROOT,
                """{"bench":"ffi","push_luma_us":%.1f,"push_encoded_us":%.1f,"overlay_us":%.1f,"event_us":%.1f}""",
                luma, encoded, overlay, event,
            ),
        )
    }

    /** CPU of the observer's thread for one event, measured between the first and the last of many. */
    private fun eventUs(): Double {
        val heard = AtomicInteger()
        val done = CountDownLatch(1)
        var first = 0L
        var last = 0L
        val ear = object : SessionObserver {
            override fun onEvent(event: SessionEvent) = Unit

            override fun onEncoder(request: CoreRequest) {
                when (heard.incrementAndGet()) {
                    WARM -> first = threads.currentThreadCpuTime
                    WARM + EVENTS -> {
                        last = threads.currentThreadCpuTime
                        done.countDown()
                    }
                }
            }
        }
        Core(ear).use { core ->
            // Each call asks the observer for a keyframe, a few at a time because its queue is bounded.
            while (done.count > 0) {
                core.benchEvents(64u)
                done.await(1, TimeUnit.MILLISECONDS)
            }
        }
        return (last - first) / 1000.0 / EVENTS
    }

    private companion object {
        const val WARM = 2_000
        const val EVENTS = 4_000
    }
}
