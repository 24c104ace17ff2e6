package org.sightline.assist.app

import android.Manifest
import android.app.Activity
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Matrix
import android.graphics.SurfaceTexture
import android.os.Bundle
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import android.view.TextureView
import android.view.View
import android.widget.TextView
import org.sightline.assist.DeepLink
import org.sightline.assist.platform.CameraFeed
import org.sightline.assist.platform.turnOf
import org.sightline.assist.platform.upright

/** Looks for the QR code of an invitation. Nothing that it sees leaves the phone. */
class ScanActivity : Activity(), TextureView.SurfaceTextureListener {
    private lateinit var picture: TextureView
    private val codes = CodeReader()
    private var frames: HandlerThread? = null
    private var feed: CameraFeed? = null

    override fun onCreate(saved: Bundle?) {
        super.onCreate(saved)
        setContentView(R.layout.activity_scan)
        picture = view(R.id.picture)
        picture.surfaceTextureListener = this
        view<View>(R.id.back).setOnClickListener { finish() }
        if (!allowed()) requestPermissions(arrayOf(Manifest.permission.CAMERA), 0)
    }

    private fun allowed() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    override fun onRequestPermissionsResult(code: Int, names: Array<out String>, results: IntArray) {
        if (results.firstOrNull() == PackageManager.PERMISSION_GRANTED) open() else hint(R.string.camera_denied)
    }

    private fun hint(words: Int) = view<TextView>(R.id.hint).setText(words)

    override fun onStart() {
        super.onStart()
        open()
    }

    override fun onStop() {
        feed?.close()
        feed = null
        frames?.quitSafely()
        frames = null
        super.onStop()
    }

    private fun open() {
        val texture = picture.surfaceTexture ?: return
        if (!allowed() || feed != null) return
        val thread = HandlerThread("sightline-scan").apply { start() }
        frames = thread
        try {
            val made = CameraFeed(this, Handler(thread.looper), { _, width, height, stride, plane ->
                codes.read(plane, width, height, stride)?.takeIf { DeepLink.parse(it) != null }?.let { runOnUiThread { found(it) } }
            }) { runOnUiThread { hint(R.string.camera_failed) } }
            feed = made
            texture.setDefaultBufferSize(made.sizes.picture.width, made.sizes.picture.height)
            val shape = upright(made.sizes.picture, turnOf(made.sensorDegrees, 0))
            picture.setTransform(coverage(shape.width.toFloat() / shape.height))
            made.open(Surface(texture))
        } catch (error: Exception) {
            android.util.Log.w("sightline", "no camera", error)
            hint(R.string.camera_failed)
        }
    }

    /** The view stretches the picture over itself; this gives it its shape back and crops it. */
    private fun coverage(picture: Float): Matrix {
        val view = this.picture.width.toFloat() / this.picture.height
        val (x, y) = if (picture > view) Pair(picture / view, 1f) else Pair(1f, view / picture)
        return Matrix().apply { setScale(x, y, this@ScanActivity.picture.width / 2f, this@ScanActivity.picture.height / 2f) }
    }

    private fun found(text: String) {
        if (isFinishing) return
        setResult(RESULT_OK, Intent().putExtra(TEXT, text))
        finish()
    }

    override fun onSurfaceTextureAvailable(texture: SurfaceTexture, width: Int, height: Int) = open()

    override fun onSurfaceTextureSizeChanged(texture: SurfaceTexture, width: Int, height: Int) = Unit

    override fun onSurfaceTextureDestroyed(texture: SurfaceTexture) = true

    override fun onSurfaceTextureUpdated(texture: SurfaceTexture) = Unit

    companion object {
        /** What the code says. */
        const val TEXT = "text"
    }
}
