package org.sightline.assist.flow

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.sightline.assist.Point
import org.sightline.assist.ROOT
import org.sightline.assist.Size
import java.io.File
import kotlin.math.abs

/** What a finger draws, as Swift has it as well. */
class SketchTest {
    private val cases = ObjectMapper().readTree(File(ROOT, "tests/vectors/phone/sketch.json"))["cases"].toList()

    private fun point(node: JsonNode) = Point(node[0].asDouble(), node[1].asDouble())

    private fun size(node: JsonNode) = Size(node[0].asDouble(), node[1].asDouble())

    @TestFactory
    fun cases() = cases.map { case ->
        DynamicTest.dynamicTest(case["name"].asText()) {
            val touches = case["touches"].map(::point)
            val shown = Shown(size(case["view"]), size(case["frame"]))
            val tool = Tool.valueOf(case["tool"].asText().uppercase())
            val sketch = Sketch.begin(tool, shown, touches.first(), 7, case["tap"].asDouble())
            if (case["kind"].isNull) {
                assertNull(sketch)
                return@dynamicTest
            }
            touches.drop(1).forEach(checkNotNull(sketch)::extend)
            val stroke = sketch.stroke()
            assertEquals(case["kind"].asText(), stroke.kind.name.lowercase())
            assertEquals(7, stroke.frameTime)
            val expected = case["points"].map { it.asDouble() }
            assertEquals(expected.size, stroke.points.size)
            val off = expected.indices.maxOf { abs(expected[it] - stroke.points[it]) }
            assertTrue(off < 1e-5, "off by $off: ${stroke.points.toList()}")
        }
    }

    @Test
    fun `a line without end keeps its two ends and its shape within what the server takes`() {
        val shown = Shown(Size(1000.0, 1000.0), Size(1000.0, 1000.0))
        val sketch = checkNotNull(Sketch.begin(Tool.FREEHAND, shown, Point(0.0, 0.0), null, 12.0))
        repeat(5_000) { sketch.extend(Point((it + 1) * 10 % 1000.0, 500.0)) }
        sketch.extend(Point(1000.0, 1000.0))
        val points = sketch.stroke().points
        assertTrue(points.size / 2 in 2..STROKE_POINTS, "${points.size / 2} points")
        assertEquals(listOf(0f, 0f, 1f, 1f), points.take(2) + points.takeLast(2))
    }
}
