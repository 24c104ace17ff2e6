package org.sightline.assist.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.hardware.camera2.params.OutputConfiguration
import android.hardware.camera2.params.SessionConfiguration
import android.media.ImageReader
import android.os.Build
import android.os.Handler
import android.view.Surface
import org.sightline.assist.AssistSession
import org.sightline.assist.Turn
import java.util.concurrent.Executor

/**
 * The camera with three outputs of the same frames: the encoder, the preview, and a small YUV reader
 * whose luma plane goes to the tracker.
 *
 * @param handler of a thread of its own, on which frames are pushed.
 */
class CameraFeed(
    context: Context,
    private val session: AssistSession,
    private val encoder: Surface,
    private val preview: Surface,
    private val handler: Handler,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val manager = checkNotNull(context.getSystemService(CameraManager::class.java)) { "no cameras" }
    private val allowed = context.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED
    private val luma = ImageReader.newInstance(LUMA_WIDTH, LUMA_HEIGHT, ImageFormat.YUV_420_888, 2)
    private val executor = Executor { handler.post(it) }
    private var device: CameraDevice? = null
    private var capture: CameraCaptureSession? = null
    private var turn = Turn.NONE
    private var torch = false
    private var zoom = 1f
    private var closed = false

    /** Opens the camera that looks this way, see [CameraCharacteristics.LENS_FACING]. */
    @SuppressLint("MissingPermission")
    fun open(facing: Int = CameraCharacteristics.LENS_FACING_BACK, displayDegrees: Int = 0) {
        if (!allowed) return onFailure(SecurityException("the camera's permission was not granted"))
        try {
            val id = manager.cameraIdList.firstOrNull {
                manager.getCameraCharacteristics(it)[CameraCharacteristics.LENS_FACING] == facing
            } ?: return onFailure(IllegalStateException("there is no such camera"))
            turn = turnOf(manager.getCameraCharacteristics(id)[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0, displayDegrees)
            luma.setOnImageAvailableListener(::pushLuma, handler)
            manager.openCamera(id, executor, Opened())
        } catch (error: Exception) {
            onFailure(error)
        }
    }

    /** Switches the light on or off. */
    fun setTorch(on: Boolean) {
        torch = on
        repeat()
    }

    /** Zooms, 1 for not at all. */
    fun setZoom(ratio: Float) {
        zoom = ratio.coerceAtLeast(1f)
        repeat()
    }

    override fun close() {
        closed = true
        capture?.close()
        device?.close()
        luma.close()
    }

    private fun pushLuma(reader: ImageReader) {
        try {
            reader.acquireLatestImage()?.use { image ->
                val plane = image.planes[0]
                session.pushLuma(image.timestamp / 1000, image.width, image.height, plane.rowStride, turn, plane.buffer)
            }
        } catch (error: Exception) {
            // The reader may have been closed while this call was under way.
            if (!closed) onFailure(error)
        }
    }

    private fun outputs() = listOf(encoder, preview, luma.surface).map { surface ->
        OutputConfiguration(surface).apply {
            // All three must name a frame by the same clock; older systems stamp the encoder's
            // frames with another one on some phones.
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) {
                timestampBase = OutputConfiguration.TIMESTAMP_BASE_MONOTONIC
            }
        }
    }

    private fun repeat() {
        val (device, capture) = Pair(device ?: return, capture ?: return)
        try {
            val request = device.createCaptureRequest(CameraDevice.TEMPLATE_RECORD).apply {
                listOf(encoder, preview, luma.surface).forEach(::addTarget)
                set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_VIDEO)
                set(CaptureRequest.FLASH_MODE, if (torch) CaptureRequest.FLASH_MODE_TORCH else CaptureRequest.FLASH_MODE_OFF)
                if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) set(CaptureRequest.CONTROL_ZOOM_RATIO, zoom)
            }
            capture.setRepeatingRequest(request.build(), null, handler)
        } catch (error: Exception) {
            if (!closed) onFailure(error)
        }
    }

    private inner class Opened : CameraDevice.StateCallback() {
        override fun onOpened(camera: CameraDevice) {
            device = camera
            if (closed) return camera.close()
            val configured = object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    capture = session
                    repeat()
                }

                override fun onConfigureFailed(session: CameraCaptureSession) =
                    onFailure(IllegalStateException("the camera does not take these three outputs"))
            }
            try {
                val configuration =
                    SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs(), executor, configured)
                camera.createCaptureSession(configuration)
            } catch (error: Exception) {
                onFailure(error)
            }
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            onFailure(IllegalStateException("another app took the camera"))
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            onFailure(IllegalStateException("the camera failed ($error)"))
        }
    }

    companion object {
        private const val LUMA_WIDTH = 640
        private const val LUMA_HEIGHT = 480

        /** How the sensor's picture is turned upright on a display that is itself turned. */
        fun turnOf(sensorDegrees: Int, displayDegrees: Int): Turn = when ((sensorDegrees - displayDegrees + 360) % 360) {
            90 -> Turn.RIGHT
            180 -> Turn.HALF
            270 -> Turn.LEFT
            else -> Turn.NONE
        }
    }
}
