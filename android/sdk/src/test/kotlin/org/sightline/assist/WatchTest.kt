package org.sightline.assist

import kotlinx.coroutines.async
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import kotlin.math.hypot

/** A technician's facade beside a customer's, over the real library and a real server. */
class WatchTest {
    private val clip = Clip()

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
                    phone.awaitMedia()
                    tess.awaitMedia()

                    val pictures = mutableListOf<Picture>()
                    fun take(waitMs: Int = 0) = generateSequence { tess.nextVideo(waitMs) }.forEach { pictures.add(it) }
                    // The server may begin to pass the pictures on a little later, at a keyframe.
                    var pushed = 0
                    clip.play((0..<clip.frames / 2).asSequence().takeWhile { it <= 40 || pictures.isEmpty() }) {
                        phone.push(it)
                        pushed = it
                        take()
                    }
                    take(500)
                    assertTrue(pictures.isNotEmpty(), "none of $pushed pictures came; ${tess.events.replayCache}")
                    assertTrue(pictures[0].keyframe, "it begins with a keyframe")
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
                    // Until the customer's phone has the drawing its camera goes on.
                    val spare = Spare(PATIENCE_SECONDS)
                    clip.play((pushed + 1..<clip.frames).asSequence()) { frame ->
                        phone.push(frame)
                        while (true) {
                            val picture = tess.nextVideo(0) ?: break
                            val number = numberOf(picture)
                            val item = tess.overlayOn(picture.frameTime).singleOrNull { it.status == Status.TRACKING } ?: continue
                            worst = maxOf(worst, item.off(number))
                            seen++
                        }
                        val drawn = { phone.overlayAt(clip.timeUs(frame)).singleOrNull() }
                        (if (onPhone > 0) spare.until(drawn) else drawn())?.let {
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
                    assertTrue(moved > 0.05, "the control: the point moves by $moved")

                    tess.undo()
                    assertEquals(emptyList<Drawing>(), tess.overlayOn(shown.frameTime), "it was taken back")
                    assertThrows(AssistError.Refused::class.java) { runBlocking { tess.undo() } }
                    tess.point(0.5f, 0.5f, true, shown.frameTime)
                    tess.leave()
                    phone.leave()
                }
            }
        }
    }
}
