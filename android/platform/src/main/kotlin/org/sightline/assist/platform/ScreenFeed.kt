package org.sightline.assist.platform

import android.content.Context
import android.content.Intent
import android.hardware.display.DisplayManager
import android.hardware.display.VirtualDisplay
import android.media.projection.MediaProjection
import android.media.projection.MediaProjectionManager
import android.os.Handler
import android.view.Surface

/**
 * The phone's screen, or one app of it, as the person chose in the system's own question.
 *
 * Android 14 asks for this order: the answer of the question, then a foreground service of the kind
 * `mediaProjection`, then this object with a callback registered before the display is made; one
 * answer serves one display once. [open] therefore is called by the service, once.
 *
 * @param onStopped the person stopped it in the system's own bar, or another app took it.
 * @param onResized the shared app has another size now (Android 14).
 */
class ScreenFeed(
    context: Context,
    resultCode: Int,
    answer: Intent,
    private val handler: Handler,
    private val onStopped: () -> Unit,
    private val onResized: (Pixels) -> Unit,
) : AutoCloseable {
    private val projection: MediaProjection
    private var display: VirtualDisplay? = null
    private var closed = false
    private val watch = object : MediaProjection.Callback() {
        override fun onStop() {
            display?.release()
            if (!closed) onStopped()
        }

        override fun onCapturedContentResize(width: Int, height: Int) = onResized(Pixels(width, height))
    }

    init {
        val manager = checkNotNull(context.getSystemService(MediaProjectionManager::class.java)) { "no projection" }
        projection = checkNotNull(manager.getMediaProjection(resultCode, answer)) { "the screen was not granted" }
        projection.registerCallback(watch, handler)
    }

    /** Begins; pictures of this size go to this surface. */
    fun open(into: Surface, size: Pixels, densityDpi: Int) {
        display = projection.createVirtualDisplay(
            "sightline", size.width, size.height, densityDpi,
            DisplayManager.VIRTUAL_DISPLAY_FLAG_AUTO_MIRROR, into, null, handler,
        )
    }

    /** The phone was turned, or [onResized] was called: a second display would not be granted. */
    fun resize(size: Pixels, densityDpi: Int) {
        display?.resize(size.width, size.height, densityDpi)
    }

    override fun close() {
        closed = true
        display?.release()
        projection.stop()
        projection.unregisterCallback(watch)
    }
}
