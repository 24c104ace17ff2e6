package org.sightline.assist.app

import android.view.Gravity
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import org.sightline.assist.flow.ChatLine
import org.sightline.assist.flow.Delivery
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Live

/** The chat at the bottom of the session. */
class ChatPanel(private val panel: View, private val handle: (Input) -> Unit) {
    private val lines = panel.view<LinearLayout>(R.id.chat_lines)
    private val field = panel.view<EditText>(R.id.chat_field)
    private var shown: List<ChatLine>? = null

    init {
        panel.view<View>(R.id.chat_close).setOnClickListener { handle(Input.ChatTapped) }
        panel.view<View>(R.id.chat_send).setOnClickListener { send() }
        field.setOnEditorActionListener { _, action, _ ->
            (action == EditorInfo.IME_ACTION_SEND).also { if (it) send() }
        }
    }

    private fun send() {
        handle(Input.ChatWritten(field.text.toString()))
        field.text.clear()
    }

    /** Takes the height that fits to how the phone is held. */
    fun arrange() {
        panel.layoutParams = panel.layoutParams.apply { height = panel.resources.getDimensionPixelSize(R.dimen.chat) }
    }

    fun show(live: Live) {
        panel.visibility = if (live.chatOpen) View.VISIBLE else View.GONE
        if (!live.chatOpen || shown == live.chat) return
        shown = live.chat
        lines.removeAllViews()
        if (live.chat.isEmpty()) lines.addView(line(panel.context.getString(R.string.chat_empty), null))
        live.chat.forEach { lines.addView(line(said(it), it)) }
        val scroll = panel.view<ScrollView>(R.id.chat_scroll)
        scroll.post { scroll.fullScroll(View.FOCUS_DOWN) }
    }

    private fun said(line: ChatLine): String {
        val context = panel.context
        return when {
            !line.own -> context.getString(R.string.said, line.from, line.text)
            line.state == Delivery.THERE -> line.text
            else -> "${line.text}\n${context.getString(R.string.chat_not_sent)}"
        }
    }

    private fun line(words: String, said: ChatLine?): TextView = TextView(panel.context).apply {
        val own = said?.own == true
        text = words
        textSize = 16f
        setTextColor(context.getColor(if (own) R.color.accent_text else R.color.ink))
        if (said != null) setBackgroundResource(if (own) R.drawable.bubble_own else R.drawable.bubble_other)
        val pad = (8 * resources.displayMetrics.density).toInt()
        setPadding(pad + pad / 2, pad, pad + pad / 2, pad)
        layoutParams = LinearLayout.LayoutParams(LinearLayout.LayoutParams.WRAP_CONTENT, LinearLayout.LayoutParams.WRAP_CONTENT).apply {
            gravity = if (own) Gravity.END else Gravity.START
            topMargin = pad / 2
        }
    }
}
