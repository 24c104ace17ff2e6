package org.sightline.assist

import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.math.hypot

/** The facade over the real library against a real server. */
class SessionTest {
    private val clip = Clip()

    private fun config(link: String) = JoinConfig(link, name = "Phone", codec = Codec.VP8, maxBitrateBps = 4_000_000)

    private fun AssistSession.push(frame: Int): Set<Push> {
        val time = clip.timeUs(frame)
        return setOf(
            pushLuma(time, clip.width, clip.height, clip.width, Turn.NONE, clip.luma(frame)),
            pushEncodedVideo(time, clip.keyframe(frame), clip.width, clip.height, clip.encoded(frame)),
        )
    }

    private fun Drawing.middle(): Pair<Double, Double> {
        val xs = points.filterIndexed { at, _ -> at % 2 == 0 }
        val ys = points.filterIndexed { at, _ -> at % 2 == 1 }
        return Pair((xs.min() + xs.max()) / 2.0, (ys.min() + ys.max()) / 2.0)
    }

    @Test
    fun `a drawing of the agent sticks to the moving picture on the phone`() = runBlocking {
        RealServer().use { server ->
            server.agent().use { agent ->
                AssistSession().use { phone ->
                    val place = phone.join(config(server.customerLink()))
                    assertTrue(place.session == server.session, "$place")
                    phone.await<AssistEvent.ConsentAsked>()
                    assertEquals(setOf(Push.NOT_SENDING), phone.push(0), "nothing leaves before the yes")
                    phone.setConsent(true)
                    phone.await<AssistEvent.SendingStarted>()
                    val surface = agent.next("surface_updated") { true }["surface"]["id"].asText()

                    val drawnOn = 10
                    val (x, y) = clip.truth(drawnOn, 1)
                    clip.play((0..drawnOn).asSequence()) { phone.push(it) }
                    agent.circle("c1", surface, null, x, y)
                    val anchor = phone.await<AssistEvent.DrawingAdded>().anchor
                    // The drawing is attached to the newest frame, which is the one it was aimed at.
                    var seen = 0
                    var moved = 0.0
                    val spare = Spare(PATIENCE_SECONDS)
                    clip.play((drawnOn + 1..<clip.frames).asSequence()) { frame ->
                        phone.push(frame)
                        val drawn = { phone.overlayAt(clip.timeUs(frame)).singleOrNull() }
                        // The tracker hears of the drawing between two frames.
                        val drawing = (if (seen > 0) spare.until(drawn) else drawn()) ?: return@play
                        assertEquals(anchor, drawing.anchor)
                        assertEquals(Kind.CIRCLE, drawing.kind)
                        val (foundX, foundY) = drawing.middle()
                        val (trueX, trueY) = clip.truth(frame, 1)
                        val off = hypot(foundX - trueX, (foundY - trueY) * clip.height / clip.width)
                        assertTrue(off < 0.02, "frame $frame: off by $off of the frame's width")
                        moved = maxOf(moved, hypot(foundX - x, foundY - y))
                        seen++
                    }
                    assertTrue(seen > clip.frames * 3 / 4, "drawn in $seen of ${clip.frames} frames")
                    assertTrue(moved > 0.03, "the control: the picture moves, by $moved, and the drawing with it")
                    // What the others hear of it.
                    val state = agent.next("anchor_states") { true }["states"][0]
                    assertEquals(anchor, state["anchor"].asInt())
                    assertEquals("tracking", state["status"].asText(), "$state")

                    // Heat is told to both sides; the agent's words come with the next report.
                    phone.setPower(Thermal.FAIR, 50, charging = false)
                    assertEquals(AssistEvent.PowerSaving(1, Cause.HEAT), phone.await<AssistEvent.PowerSaving>())
                    agent.next("quality_changed") { it["quality"]["saving"].asText() == "heat" }

                    phone.sendChat("I see it")
                    val chat = agent.next("chat") { true }["message"]
                    assertEquals("I see it", chat["text"].asText())
                    phone.leave()
                    assertEquals(AssistEvent.Ended("left"), phone.events.replayCache.last())
                    assertEquals(setOf(Push.NOT_SENDING), phone.push(0), "it has left")
                    assertEquals(emptyList<Drawing>(), phone.overlayAt(clip.timeUs(clip.frames - 1)), "it has left")
                }
            }
        }
    }

    @Test
    fun `errors say what an app can do`() {
        RealServer().use { server ->
            fun join(invitation: String, server: String? = null) = runBlocking {
                AssistSession().use { it.join(config(invitation).copy(server = server)) }
            }
            assertThrows(AssistError.BadInvitation::class.java) { join("123456") }
            assertThrows(AssistError.InvalidCode::class.java) { join("000000", server.origin) }
            assertThrows(AssistError.Unreachable::class.java) { join("http://127.0.0.1:9/j/#abcdefghij") }
            AssistSession().use { phone ->
                assertThrows(AssistError.NotJoined::class.java) { phone.setConsent(true) }
                runBlocking { phone.join(config(server.customerLink())) }
                assertThrows(AssistError.AlreadyJoined::class.java) {
                    runBlocking { phone.join(config(server.customerLink())) }
                }
                phone.setConsent(true)
                runBlocking { phone.await<AssistEvent.SendingStarted>() }
                phone.setPower(Thermal.SERIOUS, 50, charging = false)
                val saving = runBlocking { phone.await<AssistEvent.PowerSaving>() }
                assertEquals(AssistEvent.PowerSaving(2, Cause.HEAT), saving)
                val asked = phone.encoderRequests.replayCache
                assertTrue(EncoderRequest.SizeAndRate(960, 960, 15) in asked, "$asked")
                val error = assertThrows(AssistError.BadFrame::class.java) {
                    phone.pushLuma(0, 640, 361, 640, Turn.NONE, clip.luma(clip.frames - 1))
                }
                assertTrue(error.message!!.contains("231040"), error.message)
            }
        }
    }

    @Test
    fun `what is hidden stops every frame until the app paints it, sound needs its own yes, the surface changes`() = runBlocking {
        RealServer().use { server ->
            server.agent().use { agent ->
                AssistSession().use { phone ->
                    phone.join(config(server.customerLink()))
                    phone.setConsent(true)
                    phone.await<AssistEvent.SendingStarted>()
                    fun send(frame: Int) = phone.pushEncodedVideo(clip.timeUs(frame), clip.keyframe(frame), clip.width, clip.height, clip.encoded(frame))
                    assertEquals(Push.TAKEN, send(0), "the control: nothing is hidden")
                    val wish = phone.hide(listOf(Part(0.25f, 0.25f, 0.5f, 0.5f)))
                    assertEquals(Push.LEFT_OUT, send(1), "nobody painted yet")
                    phone.hidingApplied(wish, clip.timeUs(3))
                    assertEquals(Push.LEFT_OUT, send(2), "captured before it was painted")
                    assertEquals(listOf(Part(0.25f, 0.25f, 0.5f, 0.5f)), phone.hiddenAt(clip.timeUs(3)).parts)
                    assertEquals(Push.TAKEN, send((3..<clip.frames).first { clip.keyframe(it) }), "it is painted")
                    assertEquals(AssistEvent.Hidden(1), phone.await<AssistEvent.Hidden>())

                    // RFC 6716: 20 ms of silence at 48 kHz.
                    val silence = java.nio.ByteBuffer.allocateDirect(3).put(byteArrayOf(0xf8.toByte(), 0xff.toByte(), 0xfe.toByte())).flip()
                    assertEquals(Push.NOT_SENDING, phone.pushAudio(0, silence), "the control: nobody was asked")
                    phone.setMicrophone(true)
                    phone.await<AssistEvent.MicrophoneOn>()
                    assertEquals(Push.TAKEN, phone.pushAudio(0, silence), "the microphone is on")
                    phone.setMicrophone(false)
                    assertEquals(Push.NOT_SENDING, phone.pushAudio(20_000, silence), "it is off again")
                    assertEquals(null, phone.nextAudio(0), "nobody else spoke")

                    phone.showSurface(Surface.SCREEN, Codec.VP8)
                    phone.await<AssistEvent.ConsentAsked> { it.surface == Surface.SCREEN }
                    assertEquals(Push.NOT_SENDING, send(0), "the yes to the camera is none to the screen")
                    phone.setConsent(true)
                    phone.await<AssistEvent.SendingStarted> { it.surface == Surface.SCREEN }
                    assertEquals(Push.TAKEN, send(0), "the screen has its own yes")
                    agent.next("surface_updated") { it["surface"]["kind"].asText() == "screen" }
                    phone.leave()
                }
            }
        }
    }
}
