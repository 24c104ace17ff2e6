package org.sightline.assist.app

import android.content.Context
import android.hardware.display.DisplayManager
import android.icu.text.MeasureFormat
import android.icu.util.Measure
import android.icu.util.MeasureUnit
import android.util.DisplayMetrics
import android.view.Display
import org.sightline.assist.flow.Effect
import org.sightline.assist.flow.Grant
import org.sightline.assist.flow.Phrase
import org.sightline.assist.flow.Problem
import org.sightline.assist.flow.Visit
import org.sightline.assist.platform.Pixels

/** `1 day`, `7 days`: languages count differently. */
fun Context.inDays(days: Int): String =
    MeasureFormat.getInstance(resources.configuration.locales[0], MeasureFormat.FormatWidth.WIDE).format(Measure(days, MeasureUnit.DAY))

/** The sentence for what is said aloud. */
fun Context.words(said: Effect.Announce): String = when (said.phrase) {
    Phrase.DREW -> getString(R.string.drew_other, said.name)
    Phrase.REMOVED -> getString(R.string.removed_drawing, said.name)
    Phrase.LOST -> getString(R.string.hold_still)
    Phrase.FOUND -> getString(R.string.announce_found)
    Phrase.FIXED -> getString(R.string.drawing_fixed)
    Phrase.SAID -> getString(R.string.said, said.name, said.text)
    Phrase.WEAK -> getString(R.string.connection_reconnecting)
    Phrase.BACK -> getString(R.string.announce_back)
    Phrase.PAUSED -> getString(R.string.paused_title)
    Phrase.RESUMED, Phrase.STARTED -> getString(R.string.announce_started)
    Phrase.STOPPED -> getString(R.string.not_sharing_text)
    Phrase.HIDDEN -> getString(R.string.announce_hidden)
    Phrase.SHOWN -> getString(R.string.announce_shown)
    Phrase.HOT -> getString(R.string.saving_heat)
    Phrase.BATTERY -> getString(R.string.saving_battery)
    Phrase.FACES_ON -> getString(R.string.announce_faces_on)
    Phrase.FACES_OFF -> getString(R.string.announce_faces_off)
    Phrase.FRONT -> getString(R.string.announce_front)
    Phrase.REAR -> getString(R.string.announce_rear)
    Phrase.SEES -> getString(R.string.announce_sees)
    Phrase.SEES_NOTHING -> getString(R.string.watch_waiting)
    Phrase.CURTAIN -> getString(R.string.watch_paused)
    Phrase.DRAWN -> getString(R.string.announce_drawn)
    Phrase.ERASED -> getString(R.string.announce_erased)
}

/** The sentence for why the person cannot go on. */
fun Context.words(problem: Problem, waitSeconds: Int): String = when (problem) {
    Problem.NO_INVITATION -> getString(R.string.problem_no_invitation)
    Problem.NO_SERVER -> getString(R.string.problem_no_server)
    Problem.INVALID -> getString(R.string.problem_invalid)
    Problem.RATE -> getString(R.string.problem_rate, waitSeconds.toString())
    Problem.UNREACHABLE -> getString(R.string.problem_unreachable)
    Problem.NOT_TRUSTED -> getString(R.string.problem_not_trusted)
    Problem.VERSION -> getString(R.string.problem_version)
    Problem.REFUSED -> getString(R.string.problem_refused)
    Problem.LOST -> getString(R.string.problem_lost)
    Problem.OTHER -> getString(R.string.problem_other)
    Problem.CAMERA_DENIED -> getString(R.string.camera_denied)
    Problem.SCREEN_DENIED -> getString(R.string.screen_denied)
    Problem.MICROPHONE_DENIED -> getString(R.string.microphone_denied)
    Problem.CAMERA_FAILED -> getString(R.string.camera_failed)
    Problem.DRAWING_LOST -> getString(R.string.drawing_lost)
}

/** What was shared, in one line. */
fun Context.words(shared: Set<Grant>): String {
    val names = shared.sorted().map {
        getString(
            when (it) {
                Grant.CAMERA -> R.string.details_camera
                Grant.SCREEN -> R.string.details_screen
                Grant.MICROPHONE -> R.string.details_sound
            },
        )
    }
    return names.ifEmpty { listOf(getString(R.string.receipt_nothing)) }.joinToString(", ")
}

/** True when only the phone's settings help. */
val Visit.needsSettings: Boolean get() = problem == Problem.CAMERA_DENIED

/** How far the display is turned from its natural position, in degrees. */
fun Context.displayDegrees(): Int {
    val display = getSystemService(DisplayManager::class.java)?.getDisplay(Display.DEFAULT_DISPLAY)
    return (display?.rotation ?: 0) * 90
}

/** Size of the whole screen in pixels, with what the system shows at its edges, as it is turned now. */
fun Context.wholeScreen(): Pixels {
    val metrics = DisplayMetrics()
    // The successor knows windows only, and a service has none.
    @Suppress("DEPRECATION")
    getSystemService(DisplayManager::class.java)?.getDisplay(Display.DEFAULT_DISPLAY)?.getRealMetrics(metrics)
    return Pixels(metrics.widthPixels, metrics.heightPixels)
}
