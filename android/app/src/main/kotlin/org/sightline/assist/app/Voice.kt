package org.sightline.assist.app

import android.content.Context
import org.sightline.assist.AssistSession
import org.sightline.assist.platform.Conversation
import org.sightline.assist.platform.Loudspeaker
import org.sightline.assist.platform.Microphone
import kotlin.concurrent.thread

/** Speaks and hears in a session, as long as this object is open. */
class Voice(context: Context, private val session: AssistSession, onFailure: (Exception) -> Unit) : AutoCloseable {
    private val conversation = Conversation(context)
    private val microphone: Microphone

    @Volatile
    private var closed = false
    private val player: Thread

    init {
        try {
            microphone = Microphone(context, { timeUs, packet -> session.pushAudio(timeUs, packet) }, onFailure)
        } catch (error: Exception) {
            conversation.close()
            throw error
        }
        player = thread(name = "sightline-player") { play() }
    }

    private fun play() {
        val speakers = LinkedHashMap<String, Loudspeaker>()
        try {
            while (!closed) {
                val heard = session.nextAudio(WAIT_MS) ?: continue
                if (heard.speaker !in speakers && speakers.size >= SPEAKERS) {
                    // Whoever began first makes room.
                    speakers.remove(speakers.keys.first())?.close()
                }
                speakers.getOrPut(heard.speaker) { Loudspeaker() }.play(heard.packet)
            }
        } finally {
            speakers.values.forEach { it.close() }
        }
    }

    override fun close() {
        closed = true
        microphone.close()
        player.join()
        conversation.close()
    }

    private companion object {
        const val WAIT_MS = 200

        /** Decoders at once: a phone has few. */
        const val SPEAKERS = 4
    }
}
