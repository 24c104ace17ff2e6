package org.sightline.assist

import com.fasterxml.jackson.databind.JsonNode
import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import kotlin.math.PI
import kotlin.math.hypot

/** The same golden vectors as Rust and TypeScript. */
class GeometryTest {
    private val vectors = ObjectMapper().readTree(File(ROOT, "tests/vectors/board/geometry.json"))

    private fun JsonNode.point() = Point(this[0].asDouble(), this[1].asDouble())

    private fun JsonNode.pixels() = Size(this[0].asDouble(), this[1].asDouble())

    private fun JsonNode.homography() =
        Homography(DoubleArray(9) { if (it < size()) get(it).asDouble() else 1.0 })

    private fun close(expected: Point, found: Point?) {
        checkNotNull(found)
        assertTrue(hypot(found.x - expected.x, found.y - expected.y) < 1e-6, "$found instead of $expected")
    }

    @Test
    fun `views show frames where all languages do`() {
        val cases = vectors["screen_from_frame"].toList()
        assertTrue(cases.size >= 7)
        for (case in cases) {
            val fit = Fit.valueOf(case["fit"].asText().uppercase())
            val map = Homography.screenFromFrame(case["view"].pixels(), case["frame"].pixels(), fit)
            close(case["screen"].point(), map.apply(case["point"].point()))
        }
    }

    @Test
    fun `points go where all languages say, and none behind the horizon`() {
        val cases = vectors["apply"].toList()
        assertTrue(cases.any { it["mapped"].isNull }, "a point behind the horizon is among them")
        for (case in cases) {
            val found = case["homography"].homography().apply(case["point"].point())
            if (case["mapped"].isNull) assertNull(found) else close(case["mapped"].point(), found)
        }
    }

    @Test
    fun `maps compose from right to left`() {
        for (case in vectors["compose"]) {
            val (a, b) = Pair(case["a"].homography(), case["b"].homography())
            close(case["mapped"].point(), (a * b).apply(case["point"].point()))
        }
        val (shift, double) = Pair(
            Homography(doubleArrayOf(1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)),
            Homography(doubleArrayOf(2.0, 0.0, 0.0, 0.0, 2.0, 0.0, 0.0, 0.0, 1.0)),
        )
        close(Point(2.0, 0.0), (double * shift).apply(Point(0.0, 0.0)))
        close(Point(1.0, 0.0), (shift * double).apply(Point(0.0, 0.0)))
    }

    @Test
    fun `an arrow's head lies behind its tip and is never longer than the arrow`() {
        val (left, right) = arrowHead(Point(0.0, 0.0), Point(100.0, 0.0), 20.0)
        assertTrue(left.x < 100 && right.x < 100)
        assertEquals(-left.y, right.y, 1e-9)
        assertEquals(20.0, hypot(left.x - 100, left.y), 1e-9)
        val (short, _) = arrowHead(Point(0.0, 0.0), Point(0.0, 5.0), 20.0)
        assertEquals(5.0, hypot(short.x, short.y - 5), 1e-9)
    }

    @Test
    fun `the edge arrow stands on the way to what is out of view`() {
        val view = Size(400.0, 800.0)
        assertNull(directionTo(view, Point(399.0, 1.0)))
        assertEquals(Direction.RIGHT, directionTo(view, Point(700.0, 900.0)))
        assertEquals(Direction.UP, directionTo(view, Point(10.0, -50.0)))
        val (at, angle) = edgeArrow(view, Point(200.0, 2000.0), 26.0)
        close(Point(200.0, 774.0), at)
        assertEquals(PI / 2, angle, 1e-9)
    }
}
