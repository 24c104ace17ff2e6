package org.sightline.assist.platform

import android.content.Context
import android.graphics.PixelFormat
import android.hardware.display.DisplayManager
import android.os.Build
import android.provider.Settings
import android.view.Display
import android.view.Gravity
import android.view.WindowManager
import org.sightline.assist.Drawing
import org.sightline.assist.Size

/**
 * A window over everything on the phone that shows the agent's drawings on the shared screen. It takes
 * no finger and no key: what lies under it is used as if it were not there.
 *
 * The window is part of the shared picture. A secure window (`FLAG_SECURE`) would be blacked out there
 * with all that lies under it, and no flag that an app may set leaves a window out. So the agent sees
 * each drawing in the picture as well, at the same place and in the same colour under his own.
 */
class ScreenOverlay(context: Context, drawings: () -> List<Drawing>) : AutoCloseable {
    private val manager: WindowManager
    private val view: OverlayView

    init {
        val display = checkNotNull(context.getSystemService(DisplayManager::class.java)?.getDisplay(Display.DEFAULT_DISPLAY)) { "no display" }
        val onDisplay = context.createDisplayContext(display)
        val shown = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
            onDisplay.createWindowContext(WindowManager.LayoutParams.TYPE_APPLICATION_OVERLAY, null)
        } else {
            onDisplay
        }
        manager = checkNotNull(shown.getSystemService(WindowManager::class.java)) { "no windows" }
        view = OverlayView(shown).apply {
            isOnScreen = true
            source = drawings
        }
        manager.addView(view, parameters())
    }

    /** Size of the whole screen in pixels, which changes when the phone is turned. */
    fun setScreen(whole: Pixels) {
        view.frame = Size(whole.width.toDouble(), whole.height.toDouble())
    }

    override fun close() = manager.removeView(view)

    companion object {
        /** True when the person allowed this app to draw over others. */
        fun isAllowed(context: Context): Boolean = Settings.canDrawOverlays(context)

        /**
         * As see-through as Android 12 wants it of a window that lets fingers pass to other apps: above
         * this they would be swallowed (`maximumObscuringOpacityForTouch`).
         */
        const val OPACITY = 0.8f

        /** How the window lies over the screen. */
        fun parameters() = WindowManager.LayoutParams(
            WindowManager.LayoutParams.MATCH_PARENT, WindowManager.LayoutParams.MATCH_PARENT,
            WindowManager.LayoutParams.TYPE_APPLICATION_OVERLAY,
            WindowManager.LayoutParams.FLAG_NOT_TOUCHABLE or WindowManager.LayoutParams.FLAG_NOT_FOCUSABLE or
                WindowManager.LayoutParams.FLAG_LAYOUT_IN_SCREEN or WindowManager.LayoutParams.FLAG_LAYOUT_NO_LIMITS,
            PixelFormat.TRANSLUCENT,
        ).apply {
            gravity = Gravity.TOP or Gravity.START
            alpha = OPACITY
            layoutInDisplayCutoutMode = WindowManager.LayoutParams.LAYOUT_IN_DISPLAY_CUTOUT_MODE_SHORT_EDGES
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
                layoutInDisplayCutoutMode = WindowManager.LayoutParams.LAYOUT_IN_DISPLAY_CUTOUT_MODE_ALWAYS
                setFitInsetsTypes(0)
            }
        }
    }
}
