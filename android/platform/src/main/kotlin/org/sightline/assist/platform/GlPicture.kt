package org.sightline.assist.platform

import android.opengl.EGL14
import android.opengl.EGLConfig
import android.opengl.EGLContext
import android.opengl.EGLDisplay
import android.opengl.EGLExt
import android.opengl.EGLSurface
import android.opengl.GLES11Ext
import android.opengl.GLES20
import android.view.Surface
import org.sightline.assist.flow.Box
import java.nio.ByteBuffer
import java.nio.ByteOrder
import kotlin.math.ceil
import kotlin.math.floor

/** A place to draw to: the encoder's input or the view. [width] and [height] in pixels. */
internal class Target(val surface: EGLSurface, val width: Int, val height: Int)

/**
 * OpenGL ES 2 with one external texture that is drawn to encoder and view. Everything is called on
 * one thread.
 */
internal class GlPicture : AutoCloseable {
    private val display: EGLDisplay = EGL14.eglGetDisplay(EGL14.EGL_DEFAULT_DISPLAY)
    private val config: EGLConfig
    private val context: EGLContext
    private val idle: EGLSurface
    private val program: Int
    private val corners = ByteBuffer.allocateDirect(8 * 4).order(ByteOrder.nativeOrder()).asFloatBuffer()
        .put(floatArrayOf(-1f, -1f, 1f, -1f, -1f, 1f, 1f, 1f)).apply { flip() }

    /** Name of the texture that the camera's or the screen's pictures are taken from. */
    val texture: Int

    init {
        val version = IntArray(2)
        check(EGL14.eglInitialize(display, version, 0, version, 1)) { "no EGL" }
        val wanted = intArrayOf(
            // With alpha, because a reader of pictures takes exactly the format that it was made for.
            EGL14.EGL_RED_SIZE, 8, EGL14.EGL_GREEN_SIZE, 8, EGL14.EGL_BLUE_SIZE, 8, EGL14.EGL_ALPHA_SIZE, 8,
            EGL14.EGL_RENDERABLE_TYPE, EGL14.EGL_OPENGL_ES2_BIT,
            EGL_RECORDABLE_ANDROID, 1, EGL14.EGL_NONE,
        )
        val configs = arrayOfNulls<EGLConfig>(1)
        val count = IntArray(1)
        EGL14.eglChooseConfig(display, wanted, 0, configs, 0, 1, count, 0)
        config = checkNotNull(configs[0]) { "the GPU gives no surface that an encoder takes" }
        val contextWanted = intArrayOf(EGL14.EGL_CONTEXT_CLIENT_VERSION, 2, EGL14.EGL_NONE)
        context = EGL14.eglCreateContext(display, config, EGL14.EGL_NO_CONTEXT, contextWanted, 0)
        val tiny = intArrayOf(EGL14.EGL_WIDTH, 1, EGL14.EGL_HEIGHT, 1, EGL14.EGL_NONE)
        idle = EGL14.eglCreatePbufferSurface(display, config, tiny, 0)
        use(idle)
        program = link()
        val names = IntArray(1)
        GLES20.glGenTextures(1, names, 0)
        texture = names[0]
        GLES20.glBindTexture(GLES11Ext.GL_TEXTURE_EXTERNAL_OES, texture)
        for (name in intArrayOf(GLES20.GL_TEXTURE_MIN_FILTER, GLES20.GL_TEXTURE_MAG_FILTER)) {
            GLES20.glTexParameteri(GLES11Ext.GL_TEXTURE_EXTERNAL_OES, name, GLES20.GL_LINEAR)
        }
    }

    /** Makes this context current without any target, so that the texture can be updated. */
    fun ready() = use(idle)

    fun target(surface: Surface, width: Int, height: Int): Target {
        val none = intArrayOf(EGL14.EGL_NONE)
        val made = EGL14.eglCreateWindowSurface(display, config, surface, none, 0)
        check(made != null && made != EGL14.EGL_NO_SURFACE) { "this surface cannot be drawn to" }
        return Target(made, width, height)
    }

    fun release(target: Target) {
        use(idle)
        EGL14.eglDestroySurface(display, target.surface)
    }

    /**
     * Draws the texture, turned by [textureFromPicture] (4 x 4, column by column), over the whole
     * target or, with a scale above 1, beyond its edges; then paints the boxes over it. [grey] draws
     * its brightness only.
     */
    fun draw(
        target: Target, textureFromPicture: FloatArray, scale: Pair<Float, Float>, boxes: List<Box>, timeNs: Long,
        grey: Boolean = false,
    ) {
        use(target.surface)
        GLES20.glViewport(0, 0, target.width, target.height)
        GLES20.glUseProgram(program)
        GLES20.glBindTexture(GLES11Ext.GL_TEXTURE_EXTERNAL_OES, texture)
        GLES20.glUniformMatrix4fv(GLES20.glGetUniformLocation(program, "textureFromPicture"), 1, false, textureFromPicture, 0)
        GLES20.glUniform2f(GLES20.glGetUniformLocation(program, "scale"), scale.first, scale.second)
        GLES20.glUniform1f(GLES20.glGetUniformLocation(program, "grey"), if (grey) 1f else 0f)
        val corner = GLES20.glGetAttribLocation(program, "corner")
        GLES20.glEnableVertexAttribArray(corner)
        GLES20.glVertexAttribPointer(corner, 2, GLES20.GL_FLOAT, false, 0, corners)
        GLES20.glDrawArrays(GLES20.GL_TRIANGLE_STRIP, 0, 4)
        cover(target, scale, boxes)
        EGLExt.eglPresentationTimeANDROID(display, target.surface, timeNs)
        EGL14.eglSwapBuffers(display, target.surface)
    }

    private fun cover(target: Target, scale: Pair<Float, Float>, boxes: List<Box>) {
        if (boxes.isEmpty()) return
        GLES20.glEnable(GLES20.GL_SCISSOR_TEST)
        GLES20.glClearColor(0.04f, 0.05f, 0.08f, 1f)
        for (box in boxes) {
            val (x, y, width, height) = pixels(box, target.width, target.height, scale)
            GLES20.glScissor(x, y, width, height)
            GLES20.glClear(GLES20.GL_COLOR_BUFFER_BIT)
        }
        GLES20.glDisable(GLES20.GL_SCISSOR_TEST)
    }

    private fun use(surface: EGLSurface) {
        check(EGL14.eglMakeCurrent(display, surface, surface, context)) { "EGL error ${EGL14.eglGetError()}" }
    }

    private fun link(): Int {
        val made = GLES20.glCreateProgram()
        for ((kind, source) in listOf(GLES20.GL_VERTEX_SHADER to VERTEX, GLES20.GL_FRAGMENT_SHADER to FRAGMENT)) {
            val shader = GLES20.glCreateShader(kind)
            GLES20.glShaderSource(shader, source)
            GLES20.glCompileShader(shader)
            GLES20.glAttachShader(made, shader)
        }
        GLES20.glLinkProgram(made)
        val linked = IntArray(1)
        GLES20.glGetProgramiv(made, GLES20.GL_LINK_STATUS, linked, 0)
        check(linked[0] == GLES20.GL_TRUE) { "the shader does not link: ${GLES20.glGetProgramInfoLog(made)}" }
        return made
    }

    override fun close() {
        EGL14.eglMakeCurrent(display, EGL14.EGL_NO_SURFACE, EGL14.EGL_NO_SURFACE, EGL14.EGL_NO_CONTEXT)
        EGL14.eglDestroySurface(display, idle)
        EGL14.eglDestroyContext(display, context)
        EGL14.eglReleaseThread()
        // The display is the process's own and stays.
    }

    companion object {
        /** From EGL_ANDROID_recordable: the surface can be an encoder's. */
        private const val EGL_RECORDABLE_ANDROID = 0x3142

        private const val VERTEX = """
            attribute vec2 corner;
            uniform mat4 textureFromPicture;
            uniform vec2 scale;
            varying vec2 place;
            void main() {
                gl_Position = vec4(corner * scale, 0.0, 1.0);
                place = (textureFromPicture * vec4(corner * 0.5 + 0.5, 0.0, 1.0)).xy;
            }
        """

        private const val FRAGMENT = """
            #extension GL_OES_EGL_image_external : require
            precision mediump float;
            uniform samplerExternalOES picture;
            uniform float grey;
            varying vec2 place;
            void main() {
                vec3 color = texture2D(picture, place).rgb;
                vec3 brightness = vec3(dot(color, vec3(0.299, 0.587, 0.114)));
                gl_FragColor = vec4(mix(color, brightness, grey), 1.0);
            }
        """

        /**
         * Left, bottom, width and height in pixels of a box on a target, rounded outwards: rows count
         * from the bottom, as OpenGL does.
         */
        internal fun pixels(box: Box, width: Int, height: Int, scale: Pair<Float, Float>): IntArray {
            fun at(share: Double, size: Int, scale: Float) = ((share * 2 - 1) * scale + 1) / 2 * size
            val left = floor(at(box.left, width, scale.first)).toInt().coerceIn(0, width)
            val right = ceil(at(box.right, width, scale.first)).toInt().coerceIn(0, width)
            val bottom = floor(at(1 - box.bottom, height, scale.second)).toInt().coerceIn(0, height)
            val top = ceil(at(1 - box.top, height, scale.second)).toInt().coerceIn(0, height)
            return intArrayOf(left, bottom, right - left, top - bottom)
        }
    }
}
