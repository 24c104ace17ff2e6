package org.sightline.assist.app

import android.app.Activity
import android.view.View
import android.widget.Button
import android.widget.TextView
import org.sightline.assist.flow.Input

/** Something that the person must answer: words, a yes, and maybe a no. */
class Card(val text: String, val yes: Int, val no: Int?, val onYes: () -> Input, val onNo: () -> Input)

/** Shows one card at a time above the controls. */
class QuestionCard(private val activity: Activity, private val handle: (Input) -> Unit) {
    fun show(card: Card?) {
        activity.view<View>(R.id.question).visibility = if (card == null) View.GONE else View.VISIBLE
        if (card == null) return
        activity.view<TextView>(R.id.question_text).apply { if (text.toString() != card.text) text = card.text }
        activity.view<Button>(R.id.question_yes).apply {
            setText(card.yes)
            setOnClickListener { handle(card.onYes()) }
        }
        activity.view<Button>(R.id.question_no).apply {
            visibility = if (card.no == null) View.GONE else View.VISIBLE
            card.no?.let(::setText)
            setOnClickListener { handle(card.onNo()) }
        }
    }
}
