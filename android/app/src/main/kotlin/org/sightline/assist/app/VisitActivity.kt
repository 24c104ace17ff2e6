package org.sightline.assist.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.media.projection.MediaProjectionManager
import android.os.Build
import kotlinx.coroutines.Job
import kotlinx.coroutines.launch
import org.sightline.assist.flow.Grant
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Visit

/** An Activity that shows the visit and asks the system's questions for it. */
abstract class VisitActivity : Activity(), Front {
    protected val app: SightlineApp get() = application as SightlineApp
    private var watching: Job? = null

    /** Shows the visit as it is now. */
    abstract fun show(visit: Visit)

    override fun onStart() {
        super.onStart()
        app.phone.front = this
        watching = app.scope.launch { app.runner.visits.collect { show(it) } }
        show(app.runner.visits.value)
    }

    override fun onStop() {
        watching?.cancel()
        if (app.phone.front === this) app.phone.front = null
        super.onStop()
    }

    override fun ask(grant: Grant) {
        when (grant) {
            Grant.CAMERA -> permission(grant, Manifest.permission.CAMERA)
            Grant.MICROPHONE -> permission(grant, Manifest.permission.RECORD_AUDIO)
            Grant.SCREEN -> {
                val manager = checkNotNull(getSystemService(MediaProjectionManager::class.java)) { "no projection" }
                @Suppress("DEPRECATION")
                startActivityForResult(manager.createScreenCaptureIntent(), SCREEN)
            }
        }
    }

    private fun permission(grant: Grant, name: String) {
        if (checkSelfPermission(name) == PackageManager.PERMISSION_GRANTED) {
            return app.handle(Input.SystemAnswered(grant, yes = true))
        }
        // The notification that says what is shared is asked for along with it, and is no condition.
        val asked = if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
            arrayOf(name, Manifest.permission.POST_NOTIFICATIONS)
        } else {
            arrayOf(name)
        }
        requestPermissions(asked, grant.ordinal)
    }

    override fun onRequestPermissionsResult(code: Int, names: Array<out String>, results: IntArray) {
        val grant = Grant.entries.getOrNull(code) ?: return
        val yes = results.firstOrNull() == PackageManager.PERMISSION_GRANTED
        app.handle(Input.SystemAnswered(grant, yes))
    }

    @Deprecated("The platform's own; its successor is part of a library that this app does without.")
    override fun onActivityResult(code: Int, result: Int, data: Intent?) {
        if (code != SCREEN) return
        val yes = result == RESULT_OK && data != null
        if (yes) app.phone.screenAnswer = ScreenAnswer(result, data!!)
        app.handle(Input.SystemAnswered(Grant.SCREEN, yes))
    }

    override fun announce(words: String) {
        @Suppress("DEPRECATION")
        window.decorView.announceForAccessibility(words)
    }

    private companion object {
        const val SCREEN = 100
    }
}
