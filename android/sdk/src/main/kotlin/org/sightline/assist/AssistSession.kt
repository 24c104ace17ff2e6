package org.sightline.assist

import kotlinx.coroutines.channels.BufferOverflow
import kotlinx.coroutines.flow.MutableSharedFlow
import kotlinx.coroutines.flow.SharedFlow
import kotlinx.coroutines.flow.asSharedFlow
import org.sightline.ffi.SessionObserver
import java.nio.ByteBuffer
import org.sightline.ffi.AssistSession as Core
import org.sightline.ffi.EncoderRequest as CoreRequest
import org.sightline.ffi.SessionEvent as CoreEvent

/**
 * One device's part in one session.
 *
 * Frames are pushed from the encoder's and the camera's threads, the overlay is asked for once a
 * vsync, and everything rare comes as [events]. Nothing that is pushed leaves the device before
 * [setConsent], nor after a no or during a pause. Close it to leave.
 */
class AssistSession : AutoCloseable {
    private val eventFlow = newest<AssistEvent>()
    private val requestFlow = newest<EncoderRequest>()
    private val core: Core

    init {
        val ear = object : SessionObserver {
            override fun onEvent(event: CoreEvent) {
                eventFlow.tryEmit(event.toAssist())
            }

            override fun onEncoder(request: CoreRequest) {
                requestFlow.tryEmit(request.toAssist())
            }
        }
        core = checked { Core(ear) }
    }

    /** What happens, the newest [WAITING] for a slow or late collector. */
    val events: SharedFlow<AssistEvent> = eventFlow.asSharedFlow()

    /** What the encoder must do. */
    val encoderRequests: SharedFlow<EncoderRequest> = requestFlow.asSharedFlow()

    /**
     * Who asks, and for what. Uses up a code; join with the link of the answer.
     *
     * @throws AssistError
     */
    suspend fun lookUp(invitation: String, server: String? = null, insecure: Boolean = false): Invitation =
        checkedSuspend { core.lookUp(invitation, server, insecure) }.let {
            Invitation(it.agent, it.company, it.link, it.role.toAssist(), it.filmDays?.toInt())
        }

    /**
     * Takes the place in the session.
     *
     * @throws AssistError
     */
    suspend fun join(config: JoinConfig): Place =
        checkedSuspend { core.join(config.toCore()) }.let { Place(it.session, it.participant, it.agent, it.company, it.role.toAssist()) }

    /**
     * The person's answer, or its withdrawal, which stops everything at once.
     *
     * @param filmDays days for which the person read that a film is kept: without them none is
     */
    fun setConsent(granted: Boolean, filmDays: Int? = null) = checked { core.setConsent(granted, filmDays?.toUShort()) }

    /** Holds the picture back, or shows it again. */
    fun setPaused(paused: Boolean) = checked { core.setPaused(paused) }

    /**
     * Shows the other surface in the middle of the session. What the person allowed before needs no
     * new question; else [AssistEvent.ConsentAsked] comes. Push after [AssistEvent.SendingStarted].
     */
    fun showSurface(surface: Surface, codec: Codec) = checked { core.showSurface(surface.core, codec.core) }

    /** The person's answer about the microphone, or its withdrawal, which stops everything at once. */
    fun setMicrophone(granted: Boolean) = checked { core.setMicrophone(granted) }

    /** Holds the sound back for a while; the yes stays. */
    fun setMuted(muted: Boolean) = checked { core.setMuted(muted) }

    /**
     * Hides these parts of the surface that is shown, instead of those before. No frame leaves until
     * [hidingApplied] tells, with the number that this gives, from which frame on they are painted over.
     */
    fun hide(parts: List<Part>): Int = checked { core.hide(parts.map { it.toCore() }) }.toInt()

    /** The app paints over what wish [version] hides in every frame captured at [fromTimeUs] or later. */
    fun hidingApplied(version: Int, fromTimeUs: Long) = core.hidingApplied(version.toUInt(), fromTimeUs.toULong())

    /** True when a detector has a say: until its first word, and half a second after its last, no frame leaves. */
    fun setPrivateDetector(on: Boolean) = core.setPrivateDetector(on)

    /** What the detector found on the frame of this time; null when it failed. */
    fun privateFound(timeUs: Long, found: List<Part>?) =
        checked { core.privateFound(timeUs.toULong(), found?.map { it.toCore() }) }

    /** What must be painted over in the frame of this time before it is encoded. */
    fun hiddenAt(timeUs: Long): HiddenParts = core.hiddenAt(timeUs.toULong()).let { hidden ->
        HiddenParts(hidden.version.toInt(), hidden.everything, hidden.regions.map { Part(it.left, it.top, it.width, it.height) })
    }

    /** What the platform tells about heat and power; on each change and every few seconds. */
    fun setPower(thermal: Thermal, batteryPercent: Int?, charging: Boolean) =
        core.setPower(thermal.core, batteryPercent?.coerceIn(0, 100)?.toUByte(), charging)

    /** Says something; returns once the server has it. */
    suspend fun sendChat(text: String) = checkedSuspend { core.sendChat(text) }

    /** Leaves; returns once it is done. */
    suspend fun leave() = checkedSuspend { core.leave() }

    /**
     * One encoded frame, from the position to the limit of a direct buffer, captured at [timeUs]
     * microseconds of the clock that also stamps the luma planes and the screen.
     */
    fun pushEncodedVideo(timeUs: Long, keyframe: Boolean, width: Int, height: Int, data: ByteBuffer): Push =
        checked {
            val bytes = data.slice()
            core.pushEncodedVideo(timeUs.toULong(), keyframe, width.toUInt(), height.toUInt(), bytes)
        }.toAssist()

    /**
     * The brightness of a frame, from the position of a direct buffer, [rowStride] bytes from row to
     * row. [turn] says how the sensor's picture is turned upright.
     */
    fun pushLuma(timeUs: Long, width: Int, height: Int, rowStride: Int, turn: Turn, data: ByteBuffer): Push =
        checked {
            // JNA hands over the base address of a buffer; only a slice begins where it should.
            val bytes = data.slice()
            core.pushLuma(timeUs.toULong(), width.toUInt(), height.toUInt(), rowStride.toUInt(), turn.core, bytes)
        }.toAssist()

    /** One Opus packet, from the position of a direct buffer, whose first sample was heard at [timeUs]. */
    fun pushAudio(timeUs: Long, packet: ByteBuffer): Push = checked { core.pushAudio(timeUs.toULong(), packet.slice()) }.toAssist()

    /**
     * The next packet of somebody else, out of a buffer that evens 60 to 120 ms: play it at once, after
     * concealing what it says is lost. Null when none came within [waitMs], at most 1000. For the
     * thread that plays.
     */
    fun nextAudio(waitMs: Int): Heard? = core.nextAudio(waitMs.coerceAtLeast(0).toUInt())
        ?.let { Heard(it.speaker, it.timestamp.toInt(), it.lost.toInt(), it.data) }

    /** What to draw over the frame of this moment, oldest first; empty when nothing is sent. */
    fun overlayAt(timeUs: Long): List<Drawing> = core.overlayAt(timeUs.toULong()).items.map { it.toAssist() }

    /**
     * The next frame of the customer's picture, for a technician's decoding thread; null when none
     * came within [waitMs], at most 1000. The first one, and the first after a loss, is a keyframe.
     */
    fun nextVideo(waitMs: Int): Picture? = core.nextVideo(waitMs.coerceAtLeast(0).toUInt())?.let {
        Picture(it.frameTime.toInt(), it.keyframe, it.codec.toAssist(), it.width.toInt(), it.height.toInt(), it.data)
    }

    /** The decoder failed or is a new one: the next [Picture] is a keyframe. */
    fun requestKeyframe() = core.requestKeyframe()

    /** What to draw over a received frame, moved to exactly this frame; own drawings at once, with anchor 0. */
    fun overlayOn(frameTime: Int): List<Drawing> = core.overlayOn(frameTime.toUInt()).items.map { it.toAssist() }

    /**
     * Draws on the customer's picture; the number of its anchor, once the server has it.
     *
     * @throws AssistError
     */
    suspend fun draw(stroke: Stroke): Int = checkedSuspend { core.draw(stroke.toCore()) }.toInt()

    /** Takes the own last drawing back. */
    suspend fun undo() = checkedSuspend { core.undo() }

    /** Brings it back. */
    suspend fun redo() = checkedSuspend { core.redo() }

    /** Hides every drawing on the picture. */
    suspend fun clear() = checkedSuspend { core.clear() }

    /** Keeps a frame known while somebody draws on it or has stopped the picture there, or lets it go; at most 4. */
    fun holdFrame(frameTime: Int, hold: Boolean) = checked { core.holdFrame(frameTime.toUInt(), hold) }

    /** Shows a live pointer to the others, at most 30 times a second. */
    fun point(x: Float, y: Float, visible: Boolean, frameTime: Int?) =
        checked { core.point(x, y, visible, frameTime?.toUInt()) }

    /** Asks the customer for a surface. */
    fun requestSurface(surface: Surface) = checked { core.requestSurface(surface.core) }

    /** Leaves without waiting. */
    override fun close() = core.close()

    companion object {
        /** Events kept for a slow or late collector. */
        const val WAITING = 256

        private fun <T> newest() =
            MutableSharedFlow<T>(replay = WAITING, onBufferOverflow = BufferOverflow.DROP_OLDEST)
    }
}
