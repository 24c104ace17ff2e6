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
    private var nanos = seconds * 1_000_000_000

    /** What is found, as soon as there is something; null when there is nothing and no time is left. */
    fun <T : Any> until(find: () -> T?): T? {
        while (true) {
            find()?.let { return it }
            if (nanos <= 0) return null
            val begun = System.nanoTime()
            LockSupport.parkNanos(2_000_000)
            nanos -= System.nanoTime() - begun
        }
    }
}
