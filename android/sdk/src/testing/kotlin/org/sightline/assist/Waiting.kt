package org.sightline.assist

import kotlinx.coroutines.flow.first
import kotlinx.coroutines.withTimeoutOrNull

/** The first event of this kind that is wanted, also one that came before; without one it tells what came instead. */
suspend inline fun <reified T : AssistEvent> AssistSession.await(crossinline wanted: (T) -> Boolean = { true }): T =
    withTimeoutOrNull(PATIENCE_SECONDS * 1000) { events.first { it is T && wanted(it) } as T }
        ?: error("never: ${T::class.simpleName} as it is wanted; ${events.replayCache}")

/** Until pictures that are pushed go out, or those of others can come. */
suspend fun AssistSession.awaitMedia() = await<AssistEvent.ConnectionChanged> { it.state == Connection.MEDIA_CONNECTED }
