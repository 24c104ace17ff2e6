package org.sightline.assist.app

import android.app.Application
import android.content.res.Configuration
import android.os.Build
import android.os.Handler
import kotlinx.coroutines.CoroutineExceptionHandler
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.asCoroutineDispatcher
import org.sightline.assist.AssistError
import org.sightline.assist.Codec
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Profile
import org.sightline.assist.flow.VisitRunner
import org.sightline.assist.platform.CameraFeed
import java.util.concurrent.Executor

/** The process: one visit at a time, which lives longer than the screens that show it. */
open class SightlineApp : Application() {
    /** Everything that concerns the visit happens on the main thread. */
    val scope = CoroutineScope(
        SupervisorJob() + Executor { Handler(mainLooper).post(it) }.asCoroutineDispatcher() +
            CoroutineExceptionHandler { _, fault -> failed(fault) },
    )

    lateinit var runner: VisitRunner
        private set

    lateinit var phone: AppPhone
        private set

    /** True when there is a camera on each side to choose from. */
    val hasBothCameras by lazy { CameraFeed.hasBoth(this) }

    /** How this phone takes part; tests push VP8 because they have no encoder. */
    protected open val codec: Codec get() = Codec.H264

    override fun onCreate() {
        super.onCreate()
        phone = AppPhone(this) { runner.handle(it) }
        val profile = Profile("${Build.MANUFACTURER} ${Build.MODEL}".trim(), codec)
        runner = VisitRunner(scope, profile, { System.nanoTime() / 1_000_000 }, phone)
        runner.useServer(savedServer)
    }

    override fun onConfigurationChanged(now: Configuration) {
        super.onConfigurationChanged(now)
        phone.turned()
    }

    /** The server's address that six-digit codes belong to; typed once. */
    var savedServer: String?
        get() = getSharedPreferences(SETTINGS, MODE_PRIVATE).getString(SERVER, null)
        set(value) {
            getSharedPreferences(SETTINGS, MODE_PRIVATE).edit().putString(SERVER, value).apply()
            runner.useServer(value)
        }

    fun handle(input: Input) = runner.handle(input)

    /** A fault of the app or of the library, such as a missing library for this processor. */
    private fun failed(fault: Throwable) {
        android.util.Log.e("sightline", "a fault", fault)
        Handler(mainLooper).post { handle(Input.Failed(AssistError.Internal(fault.toString()))) }
    }

    private companion object {
        const val SETTINGS = "settings"
        const val SERVER = "server"
    }
}
