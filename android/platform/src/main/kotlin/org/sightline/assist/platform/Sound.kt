package org.sightline.assist.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.media.AudioAttributes
import android.media.AudioDeviceInfo
import android.media.AudioFormat
import android.media.AudioManager
import android.media.AudioRecord
import android.media.AudioTrack
import android.media.MediaCodec
import android.media.MediaFormat
import android.media.MediaRecorder
import android.media.audiofx.AcousticEchoCanceler
import android.media.audiofx.NoiseSuppressor
import android.os.Build
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.concurrent.thread

/** Samples a second of everything here, and of Opus on the wire. */
const val SOUND_RATE = 48_000

/** Length of one packet in samples: 20 ms. */
const val PACKET_SAMPLES = SOUND_RATE / 50

/**
 * The microphone with the platform's own echo cancellation and noise suppression, encoded as Opus
 * packets of 20 ms. It is open exactly as long as this object is.
 *
 * @param push time of the first sample in microseconds of the clock of [System.nanoTime], and one Opus
 *   packet in a direct buffer that is valid during the call.
 */
class Microphone(
    context: Context,
    private val push: (Long, ByteBuffer) -> Unit,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val record: AudioRecord
    private val codec = MediaCodec.createEncoderByType(MediaFormat.MIMETYPE_AUDIO_OPUS)
    private val effects: List<android.media.audiofx.AudioEffect>
    private val worker: Thread

    @Volatile
    private var closed = false
    private var startUs = 0L

    init {
        check(context.checkSelfPermission(Manifest.permission.RECORD_AUDIO) == PackageManager.PERMISSION_GRANTED) {
            "the microphone's permission was not granted"
        }
        try {
            record = open()
            val id = record.audioSessionId
            effects = listOfNotNull(
                if (AcousticEchoCanceler.isAvailable()) AcousticEchoCanceler.create(id) else null,
                if (NoiseSuppressor.isAvailable()) NoiseSuppressor.create(id) else null,
            ).onEach { it.enabled = true }
            val format = MediaFormat.createAudioFormat(MediaFormat.MIMETYPE_AUDIO_OPUS, SOUND_RATE, 1).apply {
                setInteger(MediaFormat.KEY_BIT_RATE, BITRATE_BPS)
                setInteger(MediaFormat.KEY_MAX_INPUT_SIZE, PACKET_SAMPLES * 2)
            }
            codec.configure(format, null, null, MediaCodec.CONFIGURE_FLAG_ENCODE)
        } catch (error: Exception) {
            codec.release()
            throw error
        }
        codec.start()
        record.startRecording()
        worker = thread(name = "sightline-microphone") { run() }
    }

    @SuppressLint("MissingPermission")
    private fun open(): AudioRecord {
        val least = AudioRecord.getMinBufferSize(SOUND_RATE, AudioFormat.CHANNEL_IN_MONO, AudioFormat.ENCODING_PCM_16BIT)
        val made = AudioRecord(
            MediaRecorder.AudioSource.VOICE_COMMUNICATION, SOUND_RATE,
            AudioFormat.CHANNEL_IN_MONO, AudioFormat.ENCODING_PCM_16BIT, maxOf(least, PACKET_SAMPLES * 2 * 4),
        )
        check(made.state == AudioRecord.STATE_INITIALIZED) { "another app holds the microphone" }
        return made
    }

    private fun run() {
        val pcm = ByteBuffer.allocateDirect(PACKET_SAMPLES * 2).order(ByteOrder.nativeOrder())
        var samples = 0L
        startUs = System.nanoTime() / 1000
        try {
            while (!closed) {
                pcm.clear()
                val read = record.read(pcm, pcm.capacity())
                check(read >= 0) { "the microphone failed ($read)" }
                if (read < pcm.capacity()) continue
                encode(pcm, samples)
                samples += PACKET_SAMPLES
            }
        } catch (error: Exception) {
            if (!closed) onFailure(error)
        }
    }

    private fun encode(pcm: ByteBuffer, samples: Long) {
        val index = codec.dequeueInputBuffer(WAIT_US)
        // A packet that the encoder has no place for is left out; its time passes all the same.
        if (index >= 0) {
            codec.getInputBuffer(index)?.put(pcm.position(0).limit(PACKET_SAMPLES * 2) as ByteBuffer)
            codec.queueInputBuffer(index, 0, PACKET_SAMPLES * 2, timeUs(samples), 0)
        }
        val info = MediaCodec.BufferInfo()
        while (true) {
            val out = codec.dequeueOutputBuffer(info, 0)
            if (out == MediaCodec.INFO_OUTPUT_FORMAT_CHANGED) continue
            if (out < 0) return
            val isSound = info.size > 0 && info.flags and MediaCodec.BUFFER_FLAG_CODEC_CONFIG == 0
            if (isSound) codec.getOutputBuffer(out)?.let { buffer ->
                buffer.position(info.offset).limit(info.offset + info.size)
                push(info.presentationTimeUs, buffer)
            }
            codec.releaseOutputBuffer(out, false)
        }
    }

    /** The microphone's own samples are the clock: steady, whatever the threads do. */
    private fun timeUs(samples: Long) = startUs + samples * 1_000_000 / SOUND_RATE

    override fun close() {
        closed = true
        record.stop()
        worker.join()
        effects.forEach { it.release() }
        record.release()
        codec.release()
    }

    companion object {
        private const val BITRATE_BPS = 32_000
        private const val WAIT_US = 20_000L
    }
}

/** Plays one speaker's Opus packets through the loudspeaker; make one for each speaker. */
class Loudspeaker : AutoCloseable {
    private val codec = MediaCodec.createDecoderByType(MediaFormat.MIMETYPE_AUDIO_OPUS)
    private val track: AudioTrack
    private var timeUs = 0L

    init {
        val format = MediaFormat.createAudioFormat(MediaFormat.MIMETYPE_AUDIO_OPUS, SOUND_RATE, 1)
        format.setByteBuffer("csd-0", ByteBuffer.wrap(opusHead()))
        // Samples to skip at the start and to decode before a jump, in nanoseconds: none in a conversation.
        for (name in listOf("csd-1", "csd-2")) format.setByteBuffer(name, ByteBuffer.wrap(ByteArray(8)))
        codec.configure(format, null, null, 0)
        codec.start()
        val least = AudioTrack.getMinBufferSize(SOUND_RATE, AudioFormat.CHANNEL_OUT_MONO, AudioFormat.ENCODING_PCM_16BIT)
        track = AudioTrack.Builder()
            .setAudioAttributes(
                AudioAttributes.Builder().setUsage(AudioAttributes.USAGE_VOICE_COMMUNICATION)
                    .setContentType(AudioAttributes.CONTENT_TYPE_SPEECH).build(),
            )
            .setAudioFormat(
                AudioFormat.Builder().setSampleRate(SOUND_RATE).setEncoding(AudioFormat.ENCODING_PCM_16BIT)
                    .setChannelMask(AudioFormat.CHANNEL_OUT_MONO).build(),
            )
            .setBufferSizeInBytes(maxOf(least, BUFFERED_SAMPLES * 2))
            .setPerformanceMode(AudioTrack.PERFORMANCE_MODE_LOW_LATENCY)
            .build()
        track.play()
    }

    /**
     * Plays the next packet; never waits for the loudspeaker. The platform's decoder conceals nothing:
     * a lost packet is a gap of 20 ms.
     */
    fun play(packet: ByteArray) {
        val index = codec.dequeueInputBuffer(0)
        if (index >= 0) {
            codec.getInputBuffer(index)?.put(packet)
            codec.queueInputBuffer(index, 0, packet.size, timeUs, 0)
            timeUs += 20_000
        }
        val info = MediaCodec.BufferInfo()
        while (true) {
            val out = codec.dequeueOutputBuffer(info, 0)
            if (out == MediaCodec.INFO_OUTPUT_FORMAT_CHANGED) continue
            if (out < 0) return
            // What does not fit into the track is late already.
            codec.getOutputBuffer(out)?.let { track.write(it, info.size, AudioTrack.WRITE_NON_BLOCKING) }
            codec.releaseOutputBuffer(out, false)
        }
    }

    override fun close() {
        track.release()
        codec.release()
    }

    companion object {
        private const val BUFFERED_SAMPLES = SOUND_RATE / 5

        /** RFC 7845, section 5.1: one channel at 48 kHz, nothing skipped. */
        internal fun opusHead(): ByteArray = ByteBuffer.allocate(19).order(ByteOrder.LITTLE_ENDIAN)
            .put("OpusHead".toByteArray()).put(1).put(1).putShort(0).putInt(SOUND_RATE).putShort(0).put(0).array()
    }
}

/** Puts the phone into a conversation: echo cancellation works, and sound comes from the loudspeaker. */
class Conversation(context: Context) : AutoCloseable {
    private val manager = checkNotNull(context.getSystemService(AudioManager::class.java)) { "no sound" }
    private val before = manager.mode

    init {
        manager.mode = AudioManager.MODE_IN_COMMUNICATION
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) {
            // A headset that is connected stays chosen.
            val devices = manager.availableCommunicationDevices
            val isOpen = devices.none { it.type in HEADSETS }
            if (isOpen) devices.firstOrNull { it.type == AudioDeviceInfo.TYPE_BUILTIN_SPEAKER }?.let(manager::setCommunicationDevice)
        } else {
            @Suppress("DEPRECATION")
            manager.isSpeakerphoneOn = true
        }
    }

    override fun close() {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) manager.clearCommunicationDevice()
        manager.mode = before
    }

    private companion object {
        val HEADSETS = setOf(
            AudioDeviceInfo.TYPE_BLUETOOTH_SCO, AudioDeviceInfo.TYPE_BLE_HEADSET,
            AudioDeviceInfo.TYPE_WIRED_HEADSET, AudioDeviceInfo.TYPE_USB_HEADSET, AudioDeviceInfo.TYPE_HEARING_AID,
        )
    }
}
