package org.sightline.assist.app

import android.app.Notification
import android.app.NotificationChannel
import android.app.NotificationManager
import android.app.PendingIntent
import android.app.Service
import android.content.Context
import android.content.Intent
import android.content.pm.ServiceInfo
import android.os.Build
import android.os.IBinder
import org.sightline.assist.Surface
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Screen

/**
 * Tells the system and the person that something is shared, for as long as it is. Android 14 wants
 * to know which kinds, and for the screen before it is taken.
 */
class SharingService : Service() {
    private var types = 0
    private var shown: Surface? = null

    override fun onBind(intent: Intent?): IBinder? = null

    override fun onStartCommand(intent: Intent?, flags: Int, startId: Int): Int {
        val surface = intent?.getStringExtra(SURFACE)?.let(Surface::valueOf)
        shown = surface ?: shown
        types = typesOf(surface, intent?.getBooleanExtra(MICROPHONE, false) == true, types)
        val notification = notification()
        try {
            startForeground(NOTIFICATION, notification, types)
        } catch (error: RuntimeException) {
            android.util.Log.w("sightline", "the system does not let this be shared now", error)
            (application as SightlineApp).handle(if (surface == null) Input.SoundFailed else Input.CaptureFailed)
            stopSelf()
            return START_NOT_STICKY
        }
        if (surface != null) (application as SightlineApp).phone.begin(surface, this)
        // Nothing is shared again without a tap.
        return START_NOT_STICKY
    }

    private fun notification(): Notification {
        val manager = checkNotNull(getSystemService(NotificationManager::class.java)) { "no notifications" }
        manager.createNotificationChannel(NotificationChannel(CHANNEL, getString(R.string.channel), NotificationManager.IMPORTANCE_LOW))
        val back = PendingIntent.getActivity(
            this, 0, Intent(this, front()).addFlags(Intent.FLAG_ACTIVITY_SINGLE_TOP), PendingIntent.FLAG_IMMUTABLE,
        )
        val title = titleOf(shown)
        return Notification.Builder(this, CHANNEL)
            .setSmallIcon(R.drawable.ic_eye)
            .setContentTitle(getString(title))
            .setContentText(getString(R.string.sharing_hint))
            .setContentIntent(back)
            .setOngoing(true)
            .setForegroundServiceBehavior()
            .build()
    }

    /** The screen to come back to: a technician has another one. */
    private fun front(): Class<out VisitActivity> {
        val live = ((application as SightlineApp).runner.visits.value.screen as? Screen.Session)?.live
        return if (live?.watch == null) LiveActivity::class.java else WatchActivity::class.java
    }

    private fun Notification.Builder.setForegroundServiceBehavior() = apply {
        if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.S) setForegroundServiceBehavior(Notification.FOREGROUND_SERVICE_IMMEDIATE)
    }

    companion object {
        private const val CHANNEL = "sharing"
        private const val NOTIFICATION = 1
        private const val SURFACE = "surface"
        private const val MICROPHONE = "microphone"

        /**
         * The kinds of foreground service that a surface and the microphone need. The surface replaces
         * the one [before]; null leaves it as it is.
         */
        internal fun typesOf(surface: Surface?, microphone: Boolean, before: Int): Int {
            val pictures = when (surface) {
                Surface.CAMERA -> if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) ServiceInfo.FOREGROUND_SERVICE_TYPE_CAMERA else 0
                Surface.SCREEN -> ServiceInfo.FOREGROUND_SERVICE_TYPE_MEDIA_PROJECTION
                null -> before
            }
            val sound = if (microphone && Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) ServiceInfo.FOREGROUND_SERVICE_TYPE_MICROPHONE else 0
            return pictures or sound
        }

        /** What is told: what is shown, or only that one is in a session. */
        internal fun titleOf(shown: Surface?): Int = when (shown) {
            Surface.SCREEN -> R.string.sharing_screen
            Surface.CAMERA -> R.string.sharing_camera
            null -> R.string.sharing_sound
        }

        fun start(context: Context, surface: Surface?, microphone: Boolean) {
            val intent = Intent(context, SharingService::class.java).putExtra(MICROPHONE, microphone)
            surface?.let { intent.putExtra(SURFACE, it.name) }
            context.startForegroundService(intent)
        }

        fun stop(context: Context) {
            context.stopService(Intent(context, SharingService::class.java))
        }
    }
}
