package org.sightline.assist

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import java.io.File
import java.net.URI
import java.net.http.HttpClient
import java.net.http.HttpRequest
import java.net.http.HttpResponse
import java.net.http.WebSocket
import java.nio.file.Files
import java.util.concurrent.CompletableFuture
import java.util.concurrent.CompletionStage
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit

val ROOT = File(System.getProperty("sightline.root")).canonicalFile
const val PATIENCE_SECONDS = 40L

private val json = ObjectMapper()
private val http: HttpClient = HttpClient.newHttpClient()

/** `sightline serve` on free ports, with one session and its agent. */
class RealServer : AutoCloseable {
    private val data = Files.createTempDirectory("sightline-kotlin").toFile()
    private val process: Process
    val origin: String
    private val cookie: String
    val session: String

    init {
        process = ProcessBuilder(
            "$ROOT/target/debug/sightline", "serve", "--http", "127.0.0.1:0", "--https", "off",
            "--media", "127.0.0.1:0",
            "--data", data.path, "--web", "$ROOT/web-agent/apps",
        ).redirectError(File(data, "log")).start()
        val ready = json.readTree(checkNotNull(process.inputStream.bufferedReader().readLine()) { "no server: ${File(data, "log").readText()}" })
        origin = ready["http"].asText()
        val secret = ready["sign_in"].asText().substringAfterLast('/')
        val answer = send("/api/auth/one-time", mapOf("secret" to secret), null)
        cookie = answer.headers().firstValue("set-cookie").get().substringBefore(';')
        session = post("/api/sessions", mapOf("title" to "Kotlin"))["id"].asText()
    }

    private fun send(path: String, body: Any, cookie: String?): HttpResponse<String> {
        val request = HttpRequest.newBuilder(URI("$origin$path"))
            .header("content-type", "application/json").header("origin", origin)
            .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
        if (cookie != null) request.header("cookie", cookie)
        val answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
        check(answer.statusCode() < 300) { "$path: ${answer.statusCode()} ${answer.body()}" }
        return answer
    }

    private fun post(path: String, body: Any): JsonNode = json.readTree(send(path, body, cookie).body())

    fun customerLink(): String =
        post("/api/sessions/$session/invites", mapOf("role" to "customer", "surface" to "camera"))["link"].asText()

    fun technicianLink(): String =
        post("/api/sessions/$session/invites", mapOf("role" to "technician"))["link"].asText()

    /** The agent's control connection. */
    fun agent() = Agent(origin, post("/api/sessions/$session/join", emptyMap<String, String>())["token"].asText())

    override fun close() {
        process.destroy()
        process.waitFor(10, TimeUnit.SECONDS)
        data.deleteRecursively()
    }
}

/** An agent without a screen: reads and writes the protocol's messages. */
class Agent(origin: String, token: String) : WebSocket.Listener, AutoCloseable {
    private val messages = LinkedBlockingQueue<JsonNode>()
    private val partial = StringBuilder()
    private val socket: WebSocket = http.newWebSocketBuilder().header("origin", origin)
        .buildAsync(URI(origin.replaceFirst("http", "ws") + "/api/ws"), this).join()

    init {
        send("""{"type":"hello","protocol":1,"token":"$token","tracks_anchors":false}""")
        next("welcome") { true }
    }

    override fun onText(socket: WebSocket, text: CharSequence, last: Boolean): CompletionStage<*>? {
        partial.append(text)
        if (last) {
            messages.add(json.readTree(partial.toString()))
            partial.setLength(0)
        }
        socket.request(1)
        return CompletableFuture.completedFuture(null)
    }

    fun send(text: String) {
        socket.sendText(text, true).join()
    }

    /** The first message of this type from now on that is wanted. */
    fun next(type: String, wanted: (JsonNode) -> Boolean): JsonNode {
        val end = System.nanoTime() + PATIENCE_SECONDS * 1_000_000_000
        while (true) {
            val message = checkNotNull(messages.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS)) { "no $type came" }
            check(message["type"].asText() != "error") { "$message" }
            if (message["type"].asText() == type && wanted(message)) return message
        }
    }

    /** Draws a circle around a point, given in shares of the frame. */
    fun circle(id: String, surface: String, frameTime: Long?, x: Double, y: Double) = send(
        """{"type":"annotation_add","client_id":"$id","surface":"$surface","frame_time":$frameTime,
           "attach":"world","width":0.008,
           "shape":{"type":"circle","center":[$x,$y],"radius":[0.06,0.1]}}""",
    )

    override fun close() = socket.abort()
}
