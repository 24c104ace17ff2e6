package org.sightline.assist

import org.sightline.ffi.AnchorReason
import org.sightline.ffi.AssistException
import org.sightline.ffi.ConnectionState
import org.sightline.ffi.HiddenRegion
import org.sightline.ffi.InternalException
import org.sightline.ffi.OverlayItem
import org.sightline.ffi.OverlayKind
import org.sightline.ffi.OverlayStatus
import org.sightline.ffi.ParticipantRole
import org.sightline.ffi.PushResult
import org.sightline.ffi.SavingCause
import org.sightline.ffi.SurfaceType
import org.sightline.ffi.ThermalState
import org.sightline.ffi.UprightTurn
import org.sightline.ffi.VideoCodec
import org.sightline.ffi.EncoderRequest as CoreRequest
import org.sightline.ffi.JoinConfig as CoreConfig
import org.sightline.ffi.SessionEvent as CoreEvent
import org.sightline.ffi.Stroke as CoreStroke

/** Runs a call of the library and gives its errors the names of this one. */
internal inline fun <T> checked(call: () -> T): T =
    try {
        call()
    } catch (error: AssistException) {
        throw error.toAssist()
    } catch (error: InternalException) {
        throw AssistError.Internal(error.message ?: "a panic without words")
    }

internal suspend inline fun <T> checkedSuspend(crossinline call: suspend () -> T): T = checked { call() }

internal fun AssistException.toAssist(): AssistError = when (this) {
    is AssistException.BadInvitation -> AssistError.BadInvitation(reason)
    is AssistException.InvalidCode -> AssistError.InvalidCode()
    is AssistException.RateLimited -> AssistError.RateLimited(retryAfterS.toInt())
    is AssistException.Unreachable -> AssistError.Unreachable(reason)
    is AssistException.NotTrusted -> AssistError.NotTrusted(server)
    is AssistException.NotSightline -> AssistError.NotSightline(reason)
    is AssistException.ConnectionLost -> AssistError.ConnectionLost(reason)
    is AssistException.Refused -> AssistError.Refused(code, reason)
    is AssistException.NotJoined -> AssistError.NotJoined()
    is AssistException.AlreadyJoined -> AssistError.AlreadyJoined()
    is AssistException.Busy -> AssistError.Busy()
    is AssistException.BadFrame -> AssistError.BadFrame(reason)
    is AssistException.MediaFailed -> AssistError.MediaFailed(reason)
    is AssistException.Internal -> AssistError.Internal(reason)
}

internal fun JoinConfig.toCore() = CoreConfig(
    invitation = invitation,
    server = server,
    name = name,
    surface = surface.core,
    codec = codec.core,
    maxBitrateBps = maxBitrateBps.coerceAtLeast(0).toUInt(),
    insecure = insecure,
)

internal val Surface.core: SurfaceType
    get() = when (this) {
        Surface.CAMERA -> SurfaceType.CAMERA
        Surface.SCREEN -> SurfaceType.SCREEN
    }

internal val Codec.core: VideoCodec
    get() = when (this) {
        Codec.VP8 -> VideoCodec.VP8
        Codec.H264 -> VideoCodec.H264
    }

internal fun VideoCodec.toAssist() = when (this) {
    VideoCodec.VP8 -> Codec.VP8
    VideoCodec.H264 -> Codec.H264
}

internal fun ParticipantRole.toAssist() = when (this) {
    ParticipantRole.CUSTOMER -> Role.CUSTOMER
    ParticipantRole.TECHNICIAN -> Role.TECHNICIAN
    ParticipantRole.OTHER -> Role.OTHER
}

internal fun Stroke.toCore() = CoreStroke(kind.core, points.toList(), width, text, frameTime?.toUInt())

private val Kind.core: OverlayKind
    get() = when (this) {
        Kind.ARROW -> OverlayKind.ARROW
        Kind.CIRCLE -> OverlayKind.CIRCLE
        Kind.FREEHAND -> OverlayKind.FREEHAND
        Kind.HIGHLIGHT -> OverlayKind.HIGHLIGHT
        Kind.TEXT -> OverlayKind.TEXT
    }

internal fun Part.toCore() = HiddenRegion(left, top, width, height)

internal val Turn.core: UprightTurn
    get() = when (this) {
        Turn.NONE -> UprightTurn.NONE
        Turn.RIGHT -> UprightTurn.RIGHT
        Turn.HALF -> UprightTurn.HALF
        Turn.LEFT -> UprightTurn.LEFT
    }

internal val Thermal.core: ThermalState
    get() = when (this) {
        Thermal.NOMINAL -> ThermalState.NOMINAL
        Thermal.FAIR -> ThermalState.FAIR
        Thermal.SERIOUS -> ThermalState.SERIOUS
        Thermal.CRITICAL -> ThermalState.CRITICAL
    }

internal fun PushResult.toAssist() = when (this) {
    PushResult.TAKEN -> Push.TAKEN
    PushResult.LEFT_OUT -> Push.LEFT_OUT
    PushResult.NOT_SENDING -> Push.NOT_SENDING
}

private fun SurfaceType.toAssist() = when (this) {
    SurfaceType.CAMERA -> Surface.CAMERA
    SurfaceType.SCREEN -> Surface.SCREEN
}

private fun OverlayStatus.toAssist() = when (this) {
    OverlayStatus.TRACKING -> Status.TRACKING
    OverlayStatus.UNCERTAIN -> Status.UNCERTAIN
    OverlayStatus.LOST -> Status.LOST
    OverlayStatus.FIXED -> Status.FIXED
}

private fun AnchorReason.toAssist() = when (this) {
    AnchorReason.ATTACHED -> Reason.ATTACHED
    AnchorReason.FOUND_AGAIN -> Reason.FOUND_AGAIN
    AnchorReason.OCCLUDED -> Reason.OCCLUDED
    AnchorReason.OUT_OF_VIEW -> Reason.OUT_OF_VIEW
    AnchorReason.BLUR -> Reason.BLUR
    AnchorReason.TOO_FEW_TEXTURE -> Reason.TOO_FEW_TEXTURE
    AnchorReason.MOVED -> Reason.MOVED
    AnchorReason.FRAME_EXPIRED -> Reason.FRAME_EXPIRED
    AnchorReason.OTHER -> Reason.OTHER
}

internal fun CoreRequest.toAssist(): EncoderRequest = when (this) {
    is CoreRequest.Keyframe -> EncoderRequest.Keyframe
    is CoreRequest.Bitrate -> EncoderRequest.Bitrate(bps.toInt())
    is CoreRequest.SizeAndRate -> EncoderRequest.SizeAndRate(width.toInt(), height.toInt(), framesPerSecond.toInt())
}

internal fun CoreEvent.toAssist(): AssistEvent = when (this) {
    is CoreEvent.ConsentAsked -> AssistEvent.ConsentAsked(surface.toAssist(), filmDays?.toInt())
    is CoreEvent.Kept -> AssistEvent.Kept(kept)
    is CoreEvent.SendingStarted -> AssistEvent.SendingStarted(surface.toAssist())
    is CoreEvent.SendingStopped -> AssistEvent.SendingStopped(surface.toAssist())
    is CoreEvent.SurfaceRequested -> AssistEvent.SurfaceRequested(surface.toAssist())
    is CoreEvent.PictureShown -> AssistEvent.PictureShown(surface.toAssist(), paused, hiddenParts.toInt())
    is CoreEvent.PictureGone -> AssistEvent.PictureGone
    is CoreEvent.Connection -> AssistEvent.ConnectionChanged(
        when (state) {
            ConnectionState.OPEN -> Connection.OPEN
            ConnectionState.MEDIA_CONNECTED -> Connection.MEDIA_CONNECTED
            ConnectionState.MEDIA_LOST -> Connection.MEDIA_LOST
            ConnectionState.RECONNECTING -> Connection.RECONNECTING
        },
    )
    is CoreEvent.Chat -> AssistEvent.Chat(from, own, text)
    is CoreEvent.AnnotationAdded -> AssistEvent.DrawingAdded(anchor.toInt())
    is CoreEvent.AnnotationHidden -> AssistEvent.DrawingHidden(anchor.toInt())
    is CoreEvent.AnchorChanged -> AssistEvent.AnchorChanged(anchor.toInt(), status.toAssist(), reason.toAssist())
    is CoreEvent.PowerSaving -> AssistEvent.PowerSaving(
        level.toInt(),
        when (cause) {
            SavingCause.NONE -> Cause.NONE
            SavingCause.HEAT -> Cause.HEAT
            SavingCause.BATTERY -> Cause.BATTERY
        },
    )
    is CoreEvent.MicrophoneOn -> AssistEvent.MicrophoneOn
    is CoreEvent.MicrophoneOff -> AssistEvent.MicrophoneOff
    is CoreEvent.Hidden -> AssistEvent.Hidden(parts.toInt())
    is CoreEvent.Warning -> AssistEvent.Warning(message)
    is CoreEvent.EventsLost -> AssistEvent.EventsLost(count.toInt())
    is CoreEvent.Ended -> AssistEvent.Ended(reason)
    is CoreEvent.Failed -> AssistEvent.Failed(error.toAssist())
}

internal fun OverlayItem.toAssist() = Drawing(
    anchor = anchor.toInt(),
    kind = when (kind) {
        OverlayKind.ARROW -> Kind.ARROW
        OverlayKind.CIRCLE -> Kind.CIRCLE
        OverlayKind.FREEHAND -> Kind.FREEHAND
        OverlayKind.HIGHLIGHT -> Kind.HIGHLIGHT
        OverlayKind.TEXT -> Kind.TEXT
    },
    color = color.toInt(),
    status = status.toAssist(),
    width = width,
    points = points.toFloatArray(),
    text = text,
)
