package org.sightline.assist.flow

import com.fasterxml.jackson.databind.ObjectMapper
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import org.sightline.assist.ROOT
import java.io.File
import kotlin.random.Random

/** The way through a visit, told by the stories that Swift reads as well. */
class FlowTest {
    private val stories = ObjectMapper().readTree(File(ROOT, "tests/vectors/phone/flow.json"))["stories"].toList()

    @TestFactory
    fun stories() = stories.map { story ->
        DynamicTest.dynamicTest(story["name"].asText()) {
            var visit = Visit(server = story["server"]?.asText())
            for (step in story["steps"]) {
                val (next, effects) = reduce(visit, Story.input(step["do"].asText()))
                visit = next
                val told = effects.map(Story::text)
                assertEquals(step["then"].map { it.asText() }, told, step["do"].asText())
                assertEquals(step["shows"].asText(), Story.text(visit), step["do"].asText())
            }
        }
    }

    /** Every line that is an input somewhere in the stories, in any order. */
    private val lines = stories.flatMap { story -> story["steps"].map { it["do"].asText() } }.distinct()

    @Test
    fun `nothing is captured in any order of events without the person's tap and the server's yes`() {
        val random = Random(4)
        var captured = 0
        repeat(2_000) {
            var visit = Visit(server = "https://help.example.com")
            var said = emptySet<Grant>()
            // From somewhere in a story on, anything happens.
            val story = stories[random.nextInt(stories.size)]["steps"].map { it["do"].asText() }
            val begin = story.take(random.nextInt(story.size))
            for (line in begin + List(20) { lines[random.nextInt(lines.size)] }) {
                val input = Story.input(line)
                if (input is Input.SystemAnswered && input.yes) said = said + input.grant
                val (next, effects) = reduce(visit, input)
                for (effect in effects) {
                    if (effect is Effect.Capture && effect.surface != null) {
                        captured++
                        assertTrue(effect.surface!!.grant in said, "$effect without a yes")
                        assertTrue(input is Input.Happened, "$effect without the server's word")
                    }
                    if (effect is Effect.Listen && effect.on) assertTrue(Grant.MICROPHONE in said)
                    if (effect is Effect.Voice && effect.yes) assertTrue(Grant.MICROPHONE in said)
                    if (effect is Effect.Consent && effect.yes) assertTrue(said.isNotEmpty())
                }
                val over = next.screen is Screen.End && visit.screen is Screen.Session
                if (over) assertEquals(Effect.Capture(null), effects.first(), "the end stops the camera first")
                if (next.screen !is Screen.Session) said = if (next.screen is Screen.Asked) said else emptySet()
                visit = next
            }
        }
        assertTrue(captured > 100, "the control: $captured times something was captured")
    }

    @Test
    fun `a long chat is cut and a long message too`() {
        var visit = reduce(reduce(Visit(), Story.input("looked_up")).visit, Story.input("chose camera")).visit
        visit = reduce(reduce(visit, Story.input("system camera yes")).visit, Story.input("joined")).visit
        repeat(CHAT_LINES + 5) { visit = reduce(visit, Story.input("event chat line $it")).visit }
        val chat = (visit.screen as Screen.Session).live.chat
        assertEquals(CHAT_LINES, chat.size)
        assertEquals("line ${CHAT_LINES + 4}", chat.last().text)
        val (_, effects) = reduce(visit, Input.ChatWritten("x".repeat(CHAT_CHARACTERS + 1)))
        assertEquals(CHAT_CHARACTERS, (effects.single() as Effect.SendChat).text.length)
    }
}
