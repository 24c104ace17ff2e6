import Foundation

/// What a person typed, scanned or tapped to get into a session.
public enum DeepLink: Equatable {
    /// A link like `https://HOST/j/#TICKET`, complete.
    case link(String, host: String)
    /// Six digits; the server's address comes from the app's settings.
    case code(String)

    private static let local: Set<String> = ["localhost", "127.0.0.1"]
    private static let ticket = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."
    )

    /// Reads a link, a code (spaces and dashes allowed), or the content of a QR code. Nil when it is
    /// neither, and for a link without encryption to another machine than this one.
    public static func parse(_ text: String) -> DeepLink? {
        let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let digits = trimmed.filter { $0 != " " && $0 != "-" }
        if digits.count == 6, digits.allSatisfy({ $0.isASCII && $0.isNumber }) {
            return .code(digits)
        }
        guard let url = URLComponents(string: trimmed),
            let host = url.host, !host.isEmpty,
            url.user == nil, url.password == nil, url.query == nil,
            url.path == "/j/" || url.path == "/j",
            let secret = url.fragment, (8...200).contains(secret.count),
            secret.unicodeScalars.allSatisfy(ticket.contains)
        else { return nil }
        guard url.scheme == "https" || (url.scheme == "http" && local.contains(host)) else { return nil }
        return .link(trimmed, host: host)
    }
}
