package org.sightline.assist

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeoutOrNull
import java.util.concurrent.locks.LockSupport

/** The first event of this kind that is wanted, also one that came before; without one it tells what came instead. */
suspend inline fun <reified T : AssistEvent> AssistSession.await(crossinline wanted: (T) -> Boolean = { true }): T =
    withTimeoutOrNull(PATIENCE_SECONDS * 1000) { events.first { it is T && wanted(it) } as T }
        ?: error("never: ${T::class.simpleName} as it is wanted; ${events.replayCache}")

/** Until pictures that are pushed go out, or those of others can come. */
suspend fun AssistSession.awaitMedia() = await<AssistEvent.ConnectionChanged> { it.state == Connection.MEDIA_CONNECTED }

/** Time that a busy machine may take longer, in all: a camera that waits for its tracker does not outrun it. */
class Spare(seconds: Long) {
    private var nanos = seconds * SECOND

    /** What is found, as soon as there is something; null when there is nothing within a second, or no time is left. */
    fun <T : Any> until(find: () -> T?): T? {
        val begun = System.nanoTime()
        val most = minOf(nanos, SECOND)
        while (true) {
            val found = find()
            val waited = System.nanoTime() - begun
            if (found != null || waited >= most) {
                nanos -= waited
                return found
            }
            LockSupport.parkNanos(2_000_000)
        }
    }

    private companion object {
        const val SECOND = 1_000_000_000L
    }
}
