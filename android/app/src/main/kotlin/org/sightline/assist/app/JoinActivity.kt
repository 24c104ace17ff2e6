package org.sightline.assist.app

import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.provider.Settings
import android.text.format.DateUtils
import android.view.View
import android.view.inputmethod.EditorInfo
import android.widget.Button
import android.widget.EditText
import android.widget.ScrollView
import android.widget.TextView
import org.sightline.assist.DeepLink
import org.sightline.assist.Surface
import org.sightline.assist.flow.Input
import org.sightline.assist.flow.Problem
import org.sightline.assist.flow.Receipt
import org.sightline.assist.flow.Screen
import org.sightline.assist.flow.Visit

/** The way in (link, QR code or six digits), who asks and for what, and what happened at the end. */
class JoinActivity : VisitActivity() {
    private lateinit var invitation: EditText
    private lateinit var server: EditText

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        setContentView(R.layout.activity_join)
        invitation = view(R.id.invitation)
        server = view(R.id.server)
        server.setText(app.savedServer.orEmpty())
        val join = View.OnClickListener { join() }
        view<Button>(R.id.join).setOnClickListener(join)
        for (field in listOf(invitation, server)) {
            field.setOnEditorActionListener { view, action, _ ->
                (action == EditorInfo.IME_ACTION_GO).also { if (it) join.onClick(view) }
            }
        }
        view<Button>(R.id.scan).setOnClickListener {
            @Suppress("DEPRECATION")
            startActivityForResult(Intent(this, ScanActivity::class.java), SCAN)
        }
        view<Button>(R.id.show_camera).setOnClickListener { app.handle(Input.Chose(Surface.CAMERA)) }
        view<Button>(R.id.watch_join).setOnClickListener { app.handle(Input.JoinTapped) }
        view<Button>(R.id.share_screen).setOnClickListener { app.handle(Input.Chose(Surface.SCREEN)) }
        view<Button>(R.id.settings).setOnClickListener {
            startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, Uri.fromParts("package", packageName, null)))
        }
        view<Button>(R.id.again).setOnClickListener { app.handle(Input.StartOver) }
        if (saved == null) open(intent)
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        open(intent)
    }

    private fun open(intent: Intent) {
        val link = intent.data ?: return
        if (intent.action == Intent.ACTION_VIEW) app.handle(Input.Opened(link.toString()))
    }

    private fun join() {
        val address = server.text.toString().trim().trimEnd('/')
        if (server.visibility == View.VISIBLE && address.isNotEmpty()) {
            app.savedServer = if ("://" in address) address else "https://$address"
        }
        app.handle(Input.Opened(invitation.text.toString()))
    }

    @Deprecated("The platform's own.")
    override fun onActivityResult(code: Int, result: Int, data: Intent?) {
        val text = data?.getStringExtra(ScanActivity.TEXT)
        @Suppress("DEPRECATION")
        if (code == SCAN && text != null) app.handle(Input.Opened(text)) else super.onActivityResult(code, result, data)
    }

    @Deprecated("The platform's own.")
    override fun onBackPressed() {
        if (app.runner.visits.value.screen is Screen.Enter) {
            @Suppress("DEPRECATION")
            super.onBackPressed()
        } else {
            app.handle(Input.StartOver)
        }
    }

    override fun show(visit: Visit) {
        val screen = visit.screen
        if (screen is Screen.Session) {
            startActivity(Intent(this, if (screen.live.watch == null) LiveActivity::class.java else WatchActivity::class.java))
            return
        }
        part(R.id.enter, screen is Screen.Enter)
        part(R.id.asked, screen is Screen.Asked)
        part(R.id.end, screen is Screen.End)
        view<TextView>(R.id.problem).apply {
            visibility = if (visit.problem == null) View.GONE else View.VISIBLE
            text = visit.problem?.let { words(it, visit.waitSeconds) }
        }
        view<View>(R.id.settings).visibility = if (visit.needsSettings) View.VISIBLE else View.GONE
        when (screen) {
            is Screen.Enter -> enter(visit, screen)
            is Screen.Asked -> asked(screen)
            is Screen.End -> {
                view<TextView>(R.id.receipt).text = receipt(screen.receipt)
                view<TextView>(R.id.ended_text).setText(if (screen.receipt.watched) R.string.ended_watch else R.string.ended_text)
            }
            is Screen.Session -> Unit
        }
    }

    /** A part that appears is shown from its top. */
    private fun part(id: Int, shown: Boolean) {
        val view = view<View>(id)
        val before = view.visibility
        view.visibility = if (shown) View.VISIBLE else View.GONE
        if (shown && before != View.VISIBLE) (view.parent.parent as ScrollView).scrollTo(0, 0)
    }

    private fun enter(visit: Visit, screen: Screen.Enter) {
        // Only a code needs the address, and only the first time.
        val needed = visit.problem == Problem.NO_SERVER || server.visibility == View.VISIBLE ||
            (visit.server != null && DeepLink.parse(invitation.text.toString()) is DeepLink.Code)
        for (id in listOf(R.id.server, R.id.server_label)) view<View>(id).visibility = if (needed) View.VISIBLE else View.GONE
        view<Button>(R.id.join).apply {
            isEnabled = !screen.busy
            setText(if (screen.busy) R.string.loading else R.string.code_join)
        }
    }

    private fun asked(screen: Screen.Asked) {
        val (agent, company) = Pair(screen.invitation.agent, screen.invitation.company)
        view<TextView>(R.id.company).apply {
            text = getString(R.string.arrive_from, company)
            visibility = if (company.isEmpty()) View.GONE else View.VISIBLE
        }
        if (screen.watches) invited(agent, screen.busy) else offered(agent, screen.invitation.filmDays)
        for (id in listOf(R.id.show_camera, R.id.share_screen)) view<View>(id).visibility = if (screen.watches) View.GONE else View.VISIBLE
        view<View>(R.id.watch_join).visibility = if (screen.watches) View.VISIBLE else View.GONE
        view<Button>(R.id.show_camera).apply {
            isEnabled = !screen.busy
            setText(if (screen.busy && screen.chosen == Surface.CAMERA) R.string.loading else R.string.arrive_camera)
        }
        view<Button>(R.id.share_screen).apply {
            isEnabled = !screen.busy
            setText(if (screen.busy && screen.chosen == Surface.SCREEN) R.string.loading else R.string.arrive_screen)
        }
    }

    /** What a customer is asked for. */
    private fun offered(agent: String, filmDays: Int?) {
        view<TextView>(R.id.who).text = getString(R.string.arrive_title, agent)
        view<TextView>(R.id.will).text = getString(R.string.arrive_will, agent)
        val film = filmDays?.let { getString(R.string.arrive_will_film, inDays(it)) }
        view<TextView>(R.id.will_list).text =
            listed(listOfNotNull(getString(R.string.arrive_will_live), film, getString(R.string.arrive_will_draw)))
        view<TextView>(R.id.wont).text = getString(R.string.arrive_wont, agent)
        view<TextView>(R.id.wont_list).text =
            list(R.string.arrive_wont_photos, R.string.arrive_wont_sound, R.string.arrive_wont_after)
    }

    /** What a technician is invited to. */
    private fun invited(agent: String, busy: Boolean) {
        view<TextView>(R.id.who).text = getString(R.string.watch_title, agent)
        view<TextView>(R.id.will).text = getString(R.string.watch_will)
        view<TextView>(R.id.will_list).text = list(R.string.watch_will_see, R.string.watch_will_draw)
        view<TextView>(R.id.wont).text = getString(R.string.watch_wont)
        view<TextView>(R.id.wont_list).text = list(R.string.watch_wont_camera, R.string.arrive_wont_sound)
        view<Button>(R.id.watch_join).apply {
            isEnabled = !busy
            setText(if (busy) R.string.loading else R.string.watch_join)
        }
    }

    private fun list(vararg texts: Int) = listed(texts.map { getString(it) })

    private fun listed(texts: List<String>) = texts.joinToString("\n") { "•  $it" }

    private fun receipt(receipt: Receipt): String {
        val lines = listOfNotNull(
            R.string.receipt_with to receipt.agent,
            R.string.receipt_duration to DateUtils.formatElapsedTime(receipt.durationMs / 1000),
            (R.string.receipt_shared to words(receipt.shared)).takeIf { !receipt.watched || receipt.shared.isNotEmpty() },
            R.string.receipt_drawings to receipt.drawings.toString(),
        )
        return lines.joinToString("\n") { (name, value) -> "${getString(name)}: $value" }
    }

    private companion object {
        const val SCAN = 101
    }
}
