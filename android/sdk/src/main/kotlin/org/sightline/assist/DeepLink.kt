package org.sightline.assist

/** What a person typed, scanned or tapped to get into a session. */
sealed interface DeepLink {
    /** A link like `https://HOST/j/#TICKET`, complete. */
    data class Link(val link: String, val host: String) : DeepLink

    /** Six digits; the server's address comes from the app's settings. */
    data class Code(val digits: String) : DeepLink

    companion object {
        private val LINK = Regex("""(https?)://([^/?#@\s]+)/j/?#([A-Za-z0-9._-]{8,200})""")
        private val CODE = Regex("""\d{6}""")

        /**
         * Reads a link, a code (spaces and dashes allowed), or the content of a QR code. Null when it
         * is neither, and for a link without encryption to another machine than this one.
         */
        fun parse(text: String): DeepLink? {
            val trimmed = text.trim()
            val digits = trimmed.filterNot { it == ' ' || it == '-' }
            if (CODE.matches(digits)) return Code(digits)
            val (scheme, host) = LINK.matchEntire(trimmed)?.destructured ?: return null
            val local = host.substringBefore(':') in setOf("localhost", "127.0.0.1", "10.0.2.2")
            return if (scheme == "https" || local) Link(trimmed, host) else null
        }
    }
}
