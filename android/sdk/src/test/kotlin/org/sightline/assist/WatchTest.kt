package org.sightline.assist

import kotlinx.coroutines.async
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.math.hypot

/** A technician's facade beside a customer's, over the real library and a real server. */
class WatchTest {
    private val clip = Clip()

    private suspend inline fun <reified T : AssistEvent> AssistSession.await(crossinline wanted: (T) -> Boolean = { true }): T =
        withTimeout(PATIENCE_SECONDS * 1000) { events.first { it is T && wanted(it) } as T }

    private fun AssistSession.push(frame: Int) {
        val time = clip.timeUs(frame)
        pushLuma(time, clip.width, clip.height, clip.width, Turn.NONE, clip.luma(frame))
        pushEncodedVideo(time, clip.keyframe(frame), clip.width, clip.height, clip.encoded(frame))
    }

    /** Which frame of the clip this is: it arrives byte by byte as it was pushed. */
    private fun numberOf(picture: Picture): Int =
        (0..<clip.frames).single { clip.encoded(it) == java.nio.ByteBuffer.wrap(picture.data) }

    private fun Drawing.off(frame: Int): Double {
        val xs = points.filterIndexed { at, _ -> at % 2 == 0 }
        val ys = points.filterIndexed { at, _ -> at % 2 == 1 }
        val (x, y) = clip.truth(frame, 1)
        return hypot((xs.min() + xs.max()) / 2.0 - x, ((ys.min() + ys.max()) / 2.0 - y) * clip.height / clip.width)
    }

    @Test
    fun `a technician sees every frame and the circle lies on its point`() = runBlocking {
        RealServer().use { server ->
            AssistSession().use { phone ->
                AssistSession().use { tess ->
                    phone.join(JoinConfig(server.customerLink(), name = "Phone", codec = Codec.VP8, maxBitrateBps = 4_000_000))
                    phone.setConsent(true)
                    phone.await<AssistEvent.SendingStarted>()
                    val invitation = tess.lookUp(server.technicianLink())
                    assertEquals(Role.TECHNICIAN, invitation.role)
                    val place = tess.join(JoinConfig(invitation.link, name = "Tess"))
                    assertEquals(Role.TECHNICIAN, place.role)
                    assertEquals(AssistEvent.PictureShown(Surface.CAMERA, paused = false, hiddenParts = 0), tess.await<AssistEvent.PictureShown>())
                    tess.await<AssistEvent.ConnectionChanged> { it.state == Connection.MEDIA_CONNECTED }

                    val pictures = mutableListOf<Picture>()
                    fun take() = generateSequence { tess.nextVideo(0) }.forEach { pictures.add(it) }
                    clip.play((0..40).asSequence()) {
                        phone.push(it)
                        take()
                    }
                    while (pictures.isEmpty()) tess.nextVideo(1_000)?.let { pictures.add(it) }
                    assertTrue(pictures[0].keyframe)
                    assertEquals(listOf(Codec.VP8, 640, 360), pictures[0].let { listOf(it.codec, it.width, it.height) })

                    // On the frame that is on the screen.
                    val shown = pictures.last()
                    val (x, y) = clip.truth(numberOf(shown), 1)
                    val circle = Stroke(Kind.CIRCLE, floatArrayOf(x.toFloat(), y.toFloat(), 0.06f, 0.1f), frameTime = shown.frameTime)
                    tess.holdFrame(shown.frameTime, true)
                    val drawing = async(kotlinx.coroutines.Dispatchers.IO) { tess.draw(circle) }
                    var seen = 0
                    var worst = 0.0
                    var onPhone = 0
                    clip.play((41..<clip.frames).asSequence()) { frame ->
                        phone.push(frame)
                        while (true) {
                            val picture = tess.nextVideo(0) ?: break
                            val number = numberOf(picture)
                            val item = tess.overlayOn(picture.frameTime).singleOrNull { it.status == Status.TRACKING } ?: continue
                            worst = maxOf(worst, item.off(number))
                            seen++
                        }
                        phone.overlayAt(clip.timeUs(frame)).singleOrNull()?.let {
                            assertTrue(it.off(frame) < 0.02, "frame $frame on the customer's phone: ${it.off(frame)}")
                            onPhone++
                        }
                    }
                    val anchor = drawing.await()
                    assertEquals(anchor, tess.await<AssistEvent.DrawingAdded>().anchor)
                    assertTrue(seen > 40, "tracked in $seen frames")
                    assertTrue(worst < 0.02, "off by $worst of the frame's width")
                    assertTrue(onPhone > 40, "on the customer's phone in $onPhone frames")
                    // The control: the point moves, so that a circle that stayed would be off.
                    val last = clip.truth(clip.frames - 1, 1)
                    val moved = (0..<clip.frames).maxOf { hypot(clip.truth(it, 1).first - last.first, clip.truth(it, 1).second - last.second) }
                    assertTrue(moved > 0.05, "$moved")

                    tess.undo()
                    assertTrue(tess.overlayOn(shown.frameTime).isEmpty())
                    assertThrows(AssistError.Refused::class.java) { runBlocking { tess.undo() } }
                    tess.point(0.5f, 0.5f, true, shown.frameTime)
                    tess.leave()
                    phone.leave()
                }
            }
        }
    }
}
