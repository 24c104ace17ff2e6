import Foundation

@testable import AssistKit

/// The words of `tests/vectors/phone/flow.json`, which says how they are read.
enum Story {
    struct Unknown: Error { let word: String }

    private static let now = 60_000

    static func input(_ line: String) throws -> Input {
        let words = line.components(separatedBy: " ")
        let rest = words.dropFirst().joined(separator: " ")
        let yes = words.last == "yes"
        switch words[0] {
        case "opened": return .opened(rest)
        case "looked_up":
            let link = "https://help.example.com/j/#abcdefgh"
            let days = words.last.flatMap(Int.init)
            return .lookedUp(Invitation(agent: "Ana", company: "Acme", link: link, role: role(words), filmDays: days))
        case "join": return .joinTapped
        case "failed": return .failed(try fault(words))
        case "chose": return .chose(try surface(words[1]))
        case "system": return .systemAnswered(try known(Grant(rawValue: words[1]), words[1]), yes: yes)
        case "joined":
            return .joined(SessionPlace(session: "ses_1", participant: "par_1", agent: "Ana", company: "Acme", role: role(words)), nowMs: 0)
        case "event": return .happened(try event(Array(words.dropFirst())), nowMs: now)
        case "capture_failed": return .captureFailed
        case "sound_failed": return .soundFailed
        case "capture_stopped": return .captureStopped
        case "pause": return .pauseTapped
        case "freeze": return .freezeTapped
        case "torch": return .torchTapped
        case "zoom": return .zoomed(try known(Double(words[1]), words[1]))
        case "switch": return .switchTapped
        case "faces": return .facesTapped
        case "tool": return .toolChosen(try known(Tool(rawValue: words[1]), words[1]))
        case "sketched":
            let zero = Place(x: 0, y: 0)
            return .sketched(Stroke(kind: .arrow, points: [zero, zero], frameTime: try known(UInt32(words[1]), words[1])))
        case "drew": return .drew(there: yes)
        case "undo": return .undoTapped
        case "want": return .wanted(try surface(words[1]))
        case "microphone": return .microphoneTapped
        case "chat": return .chatTapped
        case "write": return .chatWritten(rest)
        case "delivered": return .chatAnswered(id: try known(Int(words[1]), words[1]), delivered: yes)
        case "hide": return .hideTapped
        case "box":
            let sides = try words.dropFirst().map { try known(Double($0), $0) }
            return .boxDrawn(Box(left: sides[0], top: sides[1], right: sides[2], bottom: sides[3]))
        case "clear": return .boxesCleared
        case "answer": return .questionAnswered(yes: yes)
        case "end": return .endTapped
        case "end_answer": return .endAnswered(yes: yes, nowMs: now)
        case "seen": return .problemSeen
        case "start_over": return .startOver
        default: throw Unknown(word: words[0])
        }
    }

    private static func role(_ words: [String]) -> Role { words.dropFirst().first == "technician" ? .technician : .customer }

    private static func known<Value>(_ value: Value?, _ word: String) throws -> Value {
        guard let value else { throw Unknown(word: word) }
        return value
    }

    private static func surface(_ word: String) throws -> Surface { try known(Surface(rawValue: word), word) }

    private static func fault(_ words: [String]) throws -> AssistFault {
        switch words[1] {
        case "bad_invitation": return .badInvitation("")
        case "invalid_code": return .invalidCode
        case "rate": return .rateLimited(retryAfterSeconds: try known(Int(words[2]), words[2]))
        case "unreachable": return .unreachable("")
        case "not_trusted": return .notTrusted(server: "")
        case "lost": return .connectionLost("")
        case "internal": return .internalFault("")
        default: throw Unknown(word: words[1])
        }
    }

    private static func event(_ words: [String]) throws -> AssistEvent {
        let rest = words.dropFirst().joined(separator: " ")
        switch words[0] {
        case "asked": return .consentAsked(try surface(words[1]))
        case "kept": return .kept(words[1] == "yes")
        case "started": return .sendingStarted(try surface(words[1]))
        case "stopped": return .sendingStopped(try surface(words[1]))
        case "requested": return .surfaceRequested(try surface(words[1]))
        case "picture":
            return .pictureShown(surface: try surface(words[1]), paused: words.contains("paused"), hiddenParts: words.last.flatMap(Int.init) ?? 0)
        case "no_picture": return .pictureGone
        case "hidden": return .hidden(parts: try known(Int(words[1]), words[1]))
        case "connection": return .connectionChanged(try known(Connection(rawValue: words[1]), words[1]))
        case "chat": return .chat(from: "Ana", own: false, text: rest)
        case "own_chat": return .chat(from: "Me", own: true, text: rest)
        case "microphone": return words[1] == "on" ? .microphoneOn : .microphoneOff
        case "drawn": return .drawingAdded(anchor: 1)
        case "removed": return .drawingHidden(anchor: 1)
        case "anchor": return .anchorChanged(anchor: 1, status: try known(Status(rawValue: words[1]), words[1]))
        case "saving": return .powerSaving(level: 1, cause: try known(Cause(rawValue: words[1]), words[1]))
        case "ended": return .ended(reason: "session_ended")
        case "failed": return .failed(try fault(words))
        default: throw Unknown(word: words[0])
        }
    }

    static func text(_ visit: Visit) -> String {
        var words: [String]
        switch visit.screen {
        case .enter(let busy): words = ["enter"] + (busy ? ["busy"] : [])
        case .asked(let invitation, _, let busy):
            words = ["asked", invitation.agent] + (invitation.role == .technician ? ["watches"] : []) + (busy ? ["busy"] : [])
        case .session(let live): words = text(live)
        case .end(let receipt):
            let shared = Grant.allCases.filter(receipt.shared.contains).map(\.rawValue).joined(separator: ",")
            words = ["end", shared.isEmpty ? "nothing" : shared, "\(receipt.drawings)", "\(receipt.durationMs)"] + (receipt.watched ? ["watched"] : [])
        }
        if let problem = visit.problem ?? visit.live?.problem { words.append("problem:\(problem.rawValue)") }
        if visit.waitSeconds > 0 { words.append("wait:\(visit.waitSeconds)") }
        return words.joined(separator: " ")
    }

    private static func text(_ live: Live) -> [String] {
        var words = ["session"] + (live.watch.map(text) ?? [live.surface.rawValue])
        func say(_ word: String, _ when: Bool) { if when { words.append(word) } }
        say("sending", live.sending != nil)
        say("kept", live.kept)
        say("front", live.front)
        say("faces", live.faces)
        say("covered", live.covered)
        say("paused", live.paused)
        say("frozen", live.frozen)
        say("torch", live.torch)
        say("zoom:\(number(live.zoom))", live.zoom != 1)
        say("microphone", live.microphone)
        say("saving:\(live.saving.rawValue)", live.saving != .none)
        if let question = live.question { words.append("question:\(question.rawValue)") }
        say("ending", live.ending)
        say("chat", live.chatOpen)
        say("unread:\(live.unread)", live.unread > 0)
        say("lines:\(live.chat.map(\.state.rawValue).joined(separator: ","))", !live.chat.isEmpty)
        say("broken", live.broken)
        say("lost", !live.lost.isEmpty)
        say("hiding", live.hiding)
        say("hidden:\(live.hidden.count)", !live.hidden.isEmpty)
        return words
    }

    private static func text(_ watch: Watch) -> [String] {
        var words = ["watches:\(watch.surface?.rawValue ?? "nothing")"]
        func say(_ word: String, _ when: Bool) { if when { words.append(word) } }
        say("curtain", watch.paused)
        say("parts:\(watch.hiddenParts)", watch.hiddenParts > 0)
        say("stands", watch.frozen)
        say("tool:\(watch.tool.rawValue)", true)
        say("strokes:\(watch.strokes)", watch.strokes > 0)
        say("wanted", watch.asked)
        return words
    }

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }

    static func text(_ effect: Effect) -> String {
        func on(_ value: Bool) -> String { value ? "on" : "off" }
        switch effect {
        case .lookUp(let invitation, let server): return (["look_up", invitation] + (server.map { [$0] } ?? [])).joined(separator: " ")
        case .askSystem(let grant): return "ask \(grant.rawValue)"
        case .join(_, let surface): return "join \(surface?.rawValue ?? "technician")"
        case .consent(let yes, let days): return "consent \(yes ? "yes" : "no")" + (days.map { " \($0)" } ?? "")
        case .capture(let surface): return "capture \(surface?.rawValue ?? "nothing")"
        case .switchTo(let surface): return "switch \(surface.rawValue)"
        case .pause(let value): return "pause \(on(value))"
        case .freeze(let value): return "freeze \(on(value))"
        case .torch(let value): return "torch \(on(value))"
        case .zoom(let ratio): return "zoom \(number(ratio))"
        case .lens(let front): return "lens \(front ? "front" : "rear")"
        case .faces(let value): return "faces \(on(value))"
        case .watching(let value): return "watch \(on(value))"
        case .draw(let stroke): return "draw \(stroke.frameTime ?? 0)"
        case .undo: return "undo"
        case .request(let surface): return "request \(surface.rawValue)"
        case .voice(let yes): return "voice \(yes ? "yes" : "no")"
        case .listen(let value): return "listen \(on(value))"
        case .sendChat(let id, let text): return "send \(id) \(text)"
        case .hide(let boxes):
            let sides = boxes.map { [$0.left, $0.top, $0.right, $0.bottom].map(number).joined(separator: ",") }
            return (["hide"] + sides).joined(separator: " ")
        case .announce(let phrase, _, _): return "say \(phrase.rawValue)"
        case .leave: return "leave"
        }
    }
}
