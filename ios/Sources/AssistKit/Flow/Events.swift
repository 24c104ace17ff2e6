import Foundation

/// Parts that stand for the whole picture.
private let allHidden = 255

/// Lines of chat that are kept.
public let chatLines = 500

/// What follows from an event of the core while the session lasts.
func happened(_ visit: inout Visit, _ live: Live, _ event: AssistEvent, _ nowMs: Int) -> [Effect] {
    switch event {
    case .pictureShown, .pictureGone:
        return pictured(&visit, live, event)
    case .consentAsked(let surface):
        if live.watch != nil { return [] }
        // The tap that chose this surface was the yes to it; for any other the person is asked.
        if !visit.allowed.contains(surface.grant) {
            change(&visit) { $0.question = surface }
            return []
        }
        return surface == live.surface ? [.consent(true, filmDays: live.filmDays)] : []
    case .kept(let kept):
        change(&visit) { $0.kept = kept && $0.sending != nil }
        return []
    case .sendingStarted(let surface):
        guard visit.allowed.contains(surface.grant), live.watch == nil else { return [] }
        visit.shared.insert(surface.grant)
        change(&visit) {
            $0.surface = surface
            $0.sending = surface
            $0.problem = nil
        }
        // What was hidden before is hidden from the first picture on.
        let hide: [Effect] = live.hiddenOn.isEmpty ? [] : [.hide(live.hiddenOn[surface] ?? [])]
        let faces: [Effect] = live.faces && surface == .camera ? [.faces(true)] : []
        return hide + faces + [.capture(surface), .announce(.started)]
    case .sendingStopped(let surface):
        guard live.sending == surface else { return [] }
        change(&visit) { $0.stop() }
        return [.capture(nil), .announce(.stopped)]
    case .surfaceRequested(let surface):
        if live.sending != surface, live.watch == nil { change(&visit) { $0.question = surface } }
        return []
    case .connectionChanged(let state):
        return connection(&visit, live, state)
    case .chat(let from, let own, let text):
        if own { return [] }
        change(&visit) {
            $0.chat = Array(($0.chat + [ChatLine(from: from, own: false, text: text, state: .there)]).suffix(chatLines))
            $0.unread = $0.chatOpen ? 0 : $0.unread + 1
        }
        return [.announce(.said, name: from, text: text)]
    case .drawingAdded:
        visit.drawings += 1
        // A technician's own drawings are told as well: nobody is named.
        return [.announce(live.watch == nil ? .drew : .drawn, name: live.agent)]
    case .drawingHidden(let anchor):
        change(&visit) { $0.lost.remove(anchor) }
        return [.announce(live.watch == nil ? .removed : .erased, name: live.agent)]
    case .anchorChanged(let anchor, let status):
        return anchorChanged(&visit, live, anchor, status)
    case .powerSaving(_, let cause):
        change(&visit) { $0.saving = cause }
        if cause == live.saving || cause == .none { return [] }
        return [.announce(cause == .heat ? .hot : .battery)]
    case .microphoneOn:
        return live.microphone ? [.listen(true)] : []
    case .microphoneOff:
        change(&visit) { $0.microphone = false }
        return [.listen(false)]
    case .hidden(let parts):
        change(&visit) { $0.covered = $0.faces && parts == allHidden }
        return []
    case .warning, .eventsLost:
        return []
    case .ended:
        return end(&visit, live, nowMs, nil)
    case .failed(let fault):
        return end(&visit, live, nowMs, Problem(fault))
    }
}

private func connection(_ visit: inout Visit, _ live: Live, _ state: Connection) -> [Effect] {
    let broken: Bool
    switch state {
    case .mediaLost, .reconnecting: broken = true
    case .open: broken = live.broken
    case .mediaConnected: broken = false
    }
    change(&visit) {
        $0.connection = state
        $0.broken = broken
    }
    if broken == live.broken { return [] }
    return [.announce(broken ? .weak : .back)]
}

private func anchorChanged(_ visit: inout Visit, _ live: Live, _ anchor: UInt32, _ status: Status) -> [Effect] {
    let was = live.lost.contains(anchor)
    change(&visit) { live in
        if status == .lost { live.lost.insert(anchor) } else { live.lost.remove(anchor) }
    }
    switch status {
    case .lost: return was ? [] : [.announce(.lost)]
    case .fixed: return [.announce(.fixed)]
    case .tracking, .uncertain: return was ? [.announce(.found)] : []
    }
}
