package org.sightline.assist.platform

import android.media.MediaCodec
import android.media.MediaCodecInfo.CodecProfileLevel
import android.media.MediaCodecInfo.EncoderCapabilities
import android.media.MediaCodecInfo.CodecCapabilities
import android.media.MediaFormat
import android.os.Bundle
import android.os.Handler
import android.view.Surface
import org.sightline.assist.AssistSession
import org.sightline.assist.EncoderRequest

/**
 * The phone's H.264 encoder, fed through [input] by [PictureStage], that pushes what it
 * makes into a session.
 *
 * @param handler of a thread of its own: neither the camera's nor the screen's.
 */
class VideoEncoder(
    private val session: AssistSession,
    private val width: Int,
    private val height: Int,
    bitrateBps: Int,
    framesPerSecond: Int,
    handler: Handler,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val codec = MediaCodec.createEncoderByType(MediaFormat.MIMETYPE_VIDEO_AVC)

    /** Where pictures of [width] x [height] pixels go in. */
    val input: Surface

    init {
        val format = MediaFormat.createVideoFormat(MediaFormat.MIMETYPE_VIDEO_AVC, width, height).apply {
            setInteger(MediaFormat.KEY_COLOR_FORMAT, CodecCapabilities.COLOR_FormatSurface)
            setInteger(MediaFormat.KEY_BIT_RATE, bitrateBps)
            setInteger(MediaFormat.KEY_BITRATE_MODE, EncoderCapabilities.BITRATE_MODE_CBR)
            setInteger(MediaFormat.KEY_FRAME_RATE, framesPerSecond)
            setInteger(MediaFormat.KEY_PROFILE, CodecProfileLevel.AVCProfileConstrainedBaseline)
            setInteger(MediaFormat.KEY_LEVEL, CodecProfileLevel.AVCLevel31)
            setInteger(MediaFormat.KEY_LATENCY, 1)
            setInteger(MediaFormat.KEY_PRIORITY, 0)
            // Keyframes come when a viewer asks, and each brings its parameter sets along.
            setInteger(MediaFormat.KEY_I_FRAME_INTERVAL, KEYFRAME_SECONDS)
            setInteger(MediaFormat.KEY_PREPEND_HEADER_TO_SYNC_FRAMES, 1)
        }
        codec.setCallback(Output(), handler)
        try {
            codec.configure(format, null, null, MediaCodec.CONFIGURE_FLAG_ENCODE)
            input = codec.createInputSurface()
            codec.start()
        } catch (error: Exception) {
            codec.release()
            throw error
        }
    }

    /** Carries out what the core asks; a new size needs a new encoder and is not for this one. */
    fun handle(request: EncoderRequest) {
        val parameters = Bundle()
        when (request) {
            EncoderRequest.Keyframe -> parameters.putInt(MediaCodec.PARAMETER_KEY_REQUEST_SYNC_FRAME, 0)
            is EncoderRequest.Bitrate -> parameters.putInt(MediaCodec.PARAMETER_KEY_VIDEO_BITRATE, request.bps)
            is EncoderRequest.SizeAndRate -> return
        }
        try {
            codec.setParameters(parameters)
        } catch (error: IllegalStateException) {
            onFailure(error)
        }
    }

    override fun close() {
        codec.release()
        input.release()
    }

    private inner class Output : MediaCodec.Callback() {
        override fun onInputBufferAvailable(codec: MediaCodec, index: Int) = Unit

        override fun onOutputBufferAvailable(codec: MediaCodec, index: Int, info: MediaCodec.BufferInfo) {
            try {
                val isFrame = info.size > 0 && info.flags and MediaCodec.BUFFER_FLAG_CODEC_CONFIG == 0
                if (isFrame) codec.getOutputBuffer(index)?.let { buffer ->
                    buffer.position(info.offset).limit(info.offset + info.size)
                    val keyframe = info.flags and MediaCodec.BUFFER_FLAG_KEY_FRAME != 0
                    session.pushEncodedVideo(info.presentationTimeUs, keyframe, width, height, buffer)
                }
                codec.releaseOutputBuffer(index, false)
            } catch (error: Exception) {
                // The encoder may have been closed while this call was under way.
                onFailure(error)
            }
        }

        override fun onError(codec: MediaCodec, error: MediaCodec.CodecException) = onFailure(error)

        override fun onOutputFormatChanged(codec: MediaCodec, format: MediaFormat) = Unit
    }

    private companion object {
        const val KEYFRAME_SECONDS = 600
    }
}
