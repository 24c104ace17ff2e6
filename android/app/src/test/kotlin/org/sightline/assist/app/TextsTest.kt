package org.sightline.assist.app

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.w3c.dom.Element
import java.io.File
import javax.xml.parsers.DocumentBuilderFactory

private val LANGUAGES = listOf("de", "fr", "es", "ja", "ar")

/** All languages say the same things. */
class TextsTest {
    private fun texts(folder: String): Map<String, String> {
        val file = File("src/main/res/$folder/strings.xml")
        val strings = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file).getElementsByTagName("string")
        return (0 until strings.length).map { strings.item(it) as Element }
            .filter { it.getAttribute("translatable") != "false" }
            .associate { it.getAttribute("name") to it.textContent }
    }

    private val placeholder = Regex("""%\d+\$[sd]""")

    private fun placeholders(text: String) = placeholder.findAll(text).map { it.value }.sorted().toList()

    /** What a language has wrong against English; empty when all is well. */
    private fun faults(english: Map<String, String>, other: Map<String, String>): List<String> =
        (english.keys - other.keys).map { "$it is missing" } +
            (other.keys - english.keys).map { "$it is not in English" } +
            english.keys.intersect(other.keys).mapNotNull { key ->
                val (from, to) = Pair(english.getValue(key), other.getValue(key))
                when {
                    to.isBlank() -> "$key is empty"
                    placeholders(from) != placeholders(to) -> "$key: ${placeholders(from)} became ${placeholders(to)}"
                    placeholder.replace(to, "").replace("%%", "").contains('%') -> "$key has a lone %"
                    else -> null
                }
            }

    @Test
    fun `all keys and placeholders are the same in all languages`() {
        val english = texts("values")
        assertTrue("only ${english.size} texts", english.size > 100)
        for (language in LANGUAGES) assertEquals(language, emptyList<String>(), faults(english, texts("values-$language")))
    }

    @Test
    fun `the check finds what is missing, too much, empty and unlike`() {
        val english = mapOf("a" to "for %1\$s", "b" to "word", "c" to "word")
        assertEquals(
            listOf("c is missing", "d is not in English", "a: [%1\$s] became []", "b is empty"),
            faults(english, mapOf("a" to "for", "b" to " ", "d" to "word")),
        )
    }

    @Test
    fun `other languages are other words`() {
        val english = texts("values")
        for (language in LANGUAGES) {
            val same = texts("values-$language").filter { (key, text) -> text == english[key] }.keys
            assertTrue("$language: $same", same.size < english.size / 10)
        }
    }

    @Test
    fun `the languages that the system is told of are those that there are`() {
        val told = Regex("""android:name="(\w+)"""").findAll(File("src/main/res/xml/locales.xml").readText()).map { it.groupValues[1] }.toSet()
        assertEquals(LANGUAGES.toSet() + "en", told)
    }

    /** No word that a person reads stands anywhere but in the catalogue. */
    @Test
    fun `layouts hold no words`() {
        val words = Regex("""android:(text|hint|contentDescription)="([^@][^"]*)"""")
        val found = File("src/main/res/layout").listFiles()!!.flatMap { file ->
            words.findAll(file.readText()).map { "${file.name}: ${it.groupValues[2]}" }
        }
        assertEquals(listOf("part_enter.xml: https://"), found)
    }

    /** iOS has the same texts, written by ios/scripts/strings.py. */
    @Test
    fun `the iPhone says the same`() {
        for (language in LANGUAGES + "en") {
            val android = texts(if (language == "en") "values" else "values-$language")
                .mapValues { (_, text) -> text.replace(Regex("""\\(.)"""), "$1").replace(Regex("""%(\d+)\${'$'}s"""), "%$1\\$@") }
            val line = Regex(""""(\w+)" = "((?:[^"\\]|\\.)*)";""")
            val iphone = File("../../ios/App/Resources/$language.lproj/Localizable.strings").readLines().filter { it.isNotBlank() }
                .associate { checkNotNull(line.matchEntire(it)) { it }.destructured.let { (key, text) -> key to text.replace(Regex("""\\(.)"""), "$1") } }
            assertEquals("$language: run python3 ios/scripts/strings.py", android, iphone)
        }
    }
}
