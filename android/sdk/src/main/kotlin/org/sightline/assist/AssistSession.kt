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
        checkedSuspend { core.lookUp(invitation, server, insecure) }.let { Invitation(it.agent, it.company, it.link) }

    /**
     * Takes the place in the session.
     *
     * @throws AssistError
     */
    suspend fun join(config: JoinConfig): Place =
        checkedSuspend { core.join(config.toCore()) }.let { Place(it.session, it.participant, it.agent, it.company) }

    /** The person's answer, or its withdrawal, which stops everything at once. */
    fun setConsent(granted: Boolean) = checked { core.setConsent(granted) }

    /** Holds the picture back, or shows it again. */
    fun setPaused(paused: Boolean) = checked { core.setPaused(paused) }

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

    /** What to draw over the frame of this moment, oldest first; empty when nothing is sent. */
    fun overlayAt(timeUs: Long): List<Drawing> = core.overlayAt(timeUs.toULong()).items.map { it.toAssist() }

    /** Leaves without waiting. */
    override fun close() = core.close()

    companion object {
        /** Events kept for a slow or late collector. */
        const val WAITING = 256

        private fun <T> newest() =
            MutableSharedFlow<T>(replay = WAITING, onBufferOverflow = BufferOverflow.DROP_OLDEST)
    }
}
