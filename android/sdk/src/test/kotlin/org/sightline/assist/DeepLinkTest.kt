package org.sightline.assist

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Test

class DeepLinkTest {
    @Test
    fun `links, QR codes and codes are read`() {
        val link = "https://help.example.com/j/#abcDEF_-12345"
        assertEquals(DeepLink.Link(link, "help.example.com"), DeepLink.parse(" $link\n"))
        assertEquals(DeepLink.Code("123456"), DeepLink.parse("123 456"))
        assertEquals(DeepLink.Code("123456"), DeepLink.parse("123-456"))
        val local = "http://127.0.0.1:8080/j/#abcdefgh"
        assertEquals(DeepLink.Link(local, "127.0.0.1:8080"), DeepLink.parse(local))
    }

    @Test
    fun `what is no invitation is refused`() {
        for (text in listOf(
            "", "12345", "1234567", "https://x/", "https://x/j/#short", "https://x/j/#a b c d e f",
            "ftp://x/j/#abcdefgh", "http://help.example.com/j/#abcdefgh", "https://a@b/j/#abcdefgh",
            "javascript:alert(1)//j/#abcdefgh",
        )) {
            assertNull(DeepLink.parse(text), text)
        }
    }
}
