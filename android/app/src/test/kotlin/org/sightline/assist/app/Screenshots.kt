package org.sightline.assist.app

import android.app.Activity
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Rect
import android.view.View
import android.view.ViewGroup
import android.widget.EditText
import android.widget.TextView
import java.io.File

private val FOLDER = File(System.getProperty("sightline.root"), "target/android-screens")

/** Lays an Activity out as on a phone of this size (pixels) and paints it, if wanted into a file. */
fun Activity.layOut(width: Int, height: Int) {
    val root = window.decorView
    // What the system's root of all views does first.
    root.layoutDirection = resources.configuration.layoutDirection
    root.measure(
        View.MeasureSpec.makeMeasureSpec(width, View.MeasureSpec.EXACTLY),
        View.MeasureSpec.makeMeasureSpec(height, View.MeasureSpec.EXACTLY),
    )
    root.layout(0, 0, width, height)
}

fun Activity.paint(name: String): Bitmap {
    val root = window.decorView
    val bitmap = Bitmap.createBitmap(root.width, root.height, Bitmap.Config.ARGB_8888)
    root.draw(Canvas(bitmap))
    FOLDER.mkdirs()
    File(FOLDER, "$name.png").outputStream().use { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }
    return bitmap
}

/** Every view that is shown, from the back to the front. */
fun View.shown(): List<View> = if (visibility != View.VISIBLE) emptyList() else {
    listOf(this) + ((this as? ViewGroup)?.let { group -> (0 until group.childCount).flatMap { group.getChildAt(it).shown() } }).orEmpty()
}

/** Where a view lies in its window, also in one that is not on a screen. */
private val View.place: Rect
    get() {
        val above = parent as? View
        val from = above?.place
        val left = (from?.left ?: 0) - (above?.scrollX ?: 0) + x.toInt()
        val top = (from?.top ?: 0) - (above?.scrollY ?: 0) + y.toInt()
        return Rect(left, top, left + width, top + height)
    }

private fun View.title() = runCatching { resources.getResourceEntryName(id) }.getOrElse { javaClass.simpleName }

/** What is wrong with a screen for a thumb, an eye or an ear; empty when all is well. */
fun faults(root: View, canScroll: Boolean): List<String> {
    val density = root.resources.displayMetrics.density
    val views = root.shown()
    val controls = views.filter { it.isClickable && it.id != R.id.picture && it !is HideView && it !is DrawView }
    val small = controls.filter { it.width < 48 * density || it.height < 48 * density }
        .map { "${it.title()} is ${(it.width / density).toInt()} x ${(it.height / density).toInt()} dp" }
    val nameless = controls.filter { view ->
        val words = listOfNotNull((view as? TextView)?.text, view.contentDescription, (view as? EditText)?.hint).joinToString("")
        val labelled = views.any { it.labelFor == view.id && view.id != View.NO_ID }
        words.isBlank() && !labelled
    }.map { "${it.title()} has no name" }
    val cut = views.filterIsInstance<TextView>().filter { text ->
        val layout = text.layout ?: return@filter false
        val dots = (0 until layout.lineCount).any { layout.getEllipsisCount(it) > 0 }
        dots || layout.height > text.height - text.compoundPaddingTop - text.compoundPaddingBottom + 1
    }.map { "${it.title()} is cut: ${it.text}" }
    val outside = if (canScroll) emptyList() else controls.filter { !Rect(0, 0, root.width, root.height).contains(it.place) }
        .map { "${it.title()} is outside: ${it.place}" }
    val over = controls.flatMapIndexed { at, one ->
        controls.drop(at + 1).filter { Rect.intersects(one.place, it.place) }.map { "${one.title()} lies over ${it.title()}" }
    }
    return small + nameless + cut + outside + over
}
