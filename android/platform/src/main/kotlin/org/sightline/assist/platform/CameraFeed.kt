package org.sightline.assist.platform

import android.Manifest
import android.annotation.SuppressLint
import android.content.Context
import android.content.pm.PackageManager
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
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
import org.sightline.assist.Turn
import java.nio.ByteBuffer
import java.util.concurrent.Executor

/**
 * A camera with two outputs of the same frames and of the same part of the sensor: a surface for
 * pictures and a small YUV reader whose luma plane goes to the tracker (or to a reader of QR codes).
 *
 * @param front true for the camera that looks at the person.
 * @param handler of a thread of its own, on which [onLuma] is called.
 * @param onLuma capture time in microseconds, width, height, bytes from row to row, the plane in a
 *   direct buffer that is valid during the call.
 */
class CameraFeed(
    context: Context,
    private val handler: Handler,
    private val onLuma: (Long, Int, Int, Int, ByteBuffer) -> Unit,
    front: Boolean = false,
    private val onFailure: (Exception) -> Unit,
) : AutoCloseable {
    private val manager = checkNotNull(context.getSystemService(CameraManager::class.java)) { "no cameras" }
    private val allowed = context.checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED
    private val id: String
    private val reader: ImageReader
    private val executor = Executor { handler.post(it) }
    private lateinit var picture: Surface
    private var device: CameraDevice? = null
    private var capture: CameraCaptureSession? = null
    private var torch = false
    private var zoom = 1f
    private var frozen = false

    @Volatile
    private var closed = false

    /** Sizes as the sensor gives them. */
    val sizes: CameraSizes

    /** How far the sensor is turned from the phone's natural position, clockwise, in degrees. */
    val sensorDegrees: Int

    /** True when the camera has a light. */
    val hasTorch: Boolean

    init {
        id = checkNotNull(cameras(manager, front).firstOrNull()) {
            if (front) "there is no camera that looks at the person" else "there is no camera that looks away from the screen"
        }
        val facts = manager.getCameraCharacteristics(id)
        sensorDegrees = facts[CameraCharacteristics.SENSOR_ORIENTATION] ?: 0
        hasTorch = facts[CameraCharacteristics.FLASH_INFO_AVAILABLE] == true
        val map = checkNotNull(facts[CameraCharacteristics.SCALER_STREAM_CONFIGURATION_MAP]) { "the camera names no sizes" }
        fun pixels(sizes: Array<android.util.Size>?) = sizes.orEmpty().map { Pixels(it.width, it.height) }
        val found = pickSizes(pixels(map.getOutputSizes(SurfaceTexture::class.java)), pixels(map.getOutputSizes(ImageFormat.YUV_420_888)))
        sizes = checkNotNull(found) { "the camera has no two pictures of one shape" }
        reader = ImageReader.newInstance(sizes.luma.width, sizes.luma.height, ImageFormat.YUV_420_888, 2)
        reader.setOnImageAvailableListener(::tellLuma, handler)
    }

    /** Opens the camera; its pictures go to this surface, whose buffers have the size of the picture. */
    @SuppressLint("MissingPermission")
    fun open(into: Surface) {
        picture = into
        if (!allowed) return onFailure(SecurityException("the camera's permission was not granted"))
        try {
            manager.openCamera(id, executor, Opened())
        } catch (error: Exception) {
            onFailure(error)
        }
    }

    /** Switches the light on or off. */
    fun setTorch(on: Boolean) = onHandler { torch = on }

    /** Zooms, 1 for not at all. */
    fun setZoom(ratio: Float) = onHandler { zoom = ratio.coerceAtLeast(1f) }

    /** Holds the last picture, or goes on. */
    fun setFrozen(on: Boolean) = onHandler { frozen = on }

    private fun onHandler(change: () -> Unit) {
        handler.post {
            change()
            repeat()
        }
    }

    override fun close() {
        closed = true
        handler.post {
            capture?.close()
            device?.close()
            reader.close()
        }
    }

    private fun tellLuma(reader: ImageReader) {
        try {
            reader.acquireLatestImage()?.use { image ->
                val plane = image.planes[0]
                onLuma(image.timestamp / 1000, image.width, image.height, plane.rowStride, plane.buffer)
            }
        } catch (error: Exception) {
            // The reader may have been closed while this call was under way.
            if (!closed) onFailure(error)
        }
    }

    private fun outputs() = listOf(picture, reader.surface).map { surface ->
        OutputConfiguration(surface).apply {
            // Both must name a frame by the same clock.
            if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.TIRAMISU) timestampBase = OutputConfiguration.TIMESTAMP_BASE_SENSOR
        }
    }

    private fun repeat() {
        val (device, capture) = Pair(device ?: return, capture ?: return)
        try {
            if (frozen) return capture.stopRepeating()
            val request = device.createCaptureRequest(CameraDevice.TEMPLATE_RECORD).apply {
                addTarget(picture)
                addTarget(reader.surface)
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
            if (closed) return camera.close()
            device = camera
            val configured = object : CameraCaptureSession.StateCallback() {
                override fun onConfigured(session: CameraCaptureSession) {
                    capture = session
                    repeat()
                }

                override fun onConfigureFailed(session: CameraCaptureSession) =
                    onFailure(IllegalStateException("the camera does not take these two outputs"))
            }
            try {
                camera.createCaptureSession(SessionConfiguration(SessionConfiguration.SESSION_REGULAR, outputs(), executor, configured))
            } catch (error: Exception) {
                onFailure(error)
            }
        }

        override fun onDisconnected(camera: CameraDevice) {
            camera.close()
            if (!closed) onFailure(IllegalStateException("another app took the camera"))
        }

        override fun onError(camera: CameraDevice, error: Int) {
            camera.close()
            if (!closed) onFailure(IllegalStateException("the camera failed ($error)"))
        }
    }

    companion object {
        private fun cameras(manager: CameraManager, front: Boolean) = manager.cameraIdList.filter {
            val facing = manager.getCameraCharacteristics(it)[CameraCharacteristics.LENS_FACING]
            (facing == CameraCharacteristics.LENS_FACING_FRONT) == front
        }

        /** True when the phone has a camera on each side. */
        fun hasBoth(context: Context): Boolean = try {
            val manager = context.getSystemService(CameraManager::class.java)
            manager != null && cameras(manager, front = true).isNotEmpty() && cameras(manager, front = false).isNotEmpty()
        } catch (_: CameraAccessException) {
            false
        }
    }
}
