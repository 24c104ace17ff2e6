import Foundation

/// What follows from an input while the session lasts.
func session(_ visit: inout Visit, _ live: Live, _ input: Input) -> [Effect] {
    let hasCamera = live.sending == .camera && !live.paused
    switch input {
    case .happened(let event, let nowMs):
        return happened(&visit, live, event, nowMs)
    case .systemAnswered(let grant, let yes):
        return systemAnswered(&visit, live, grant, yes)
    case .pauseTapped:
        guard live.sending != nil else { return [] }
        change(&visit) {
            $0.paused.toggle()
            $0.frozen = false
        }
        return [.pause(!live.paused), .announce(live.paused ? .resumed : .paused)]
    case .toolChosen, .sketched, .drew, .undoTapped, .wanted:
        return watching(&visit, live, input)
    case .freezeTapped where live.watch != nil:
        return watching(&visit, live, input)
    case .freezeTapped where hasCamera:
        change(&visit) { $0.frozen.toggle() }
        return [.freeze(!live.frozen)]
    case .torchTapped where hasCamera:
        change(&visit) { $0.torch.toggle() }
        return [.torch(!live.torch)]
    case .zoomed(let ratio) where hasCamera:
        let zoom = min(max(ratio, 1), strongestZoom)
        change(&visit) { $0.zoom = zoom }
        return [.zoom(zoom)]
    case .switchTapped where hasCamera:
        change(&visit) {
            $0.front.toggle()
            $0.torch = false
            $0.zoom = 1
            $0.frozen = false
        }
        return [.lens(front: !live.front), .announce(live.front ? .rear : .front)]
    case .facesTapped where hasCamera:
        // Until the phone has looked, nothing leaves.
        change(&visit) {
            $0.faces.toggle()
            $0.covered = $0.faces
            $0.hiding = false
        }
        return [.faces(!live.faces), .announce(live.faces ? .facesOff : .facesOn)]
    case .microphoneTapped:
        if !live.microphone { return [.askSystem(.microphone)] }
        change(&visit) { $0.microphone = false }
        return [.voice(false), .listen(false)]
    case .chatTapped:
        change(&visit) {
            $0.chatOpen.toggle()
            $0.unread = 0
        }
    case .chatWritten(let text):
        return written(&visit, text)
    case .chatAnswered(let id, let delivered):
        change(&visit) { live in
            for at in live.chat.indices where live.chat[at].own && live.chat[at].id == id {
                live.chat[at].state = delivered ? .there : .failed
            }
        }
    case .hideTapped:
        change(&visit) { $0.hiding.toggle() }
    case .boxDrawn(let box):
        return boxDrawn(&visit, live, box)
    case .boxesCleared:
        if live.hidden.isEmpty { return [] }
        change(&visit) { $0.hiddenOn[$0.surface] = [] }
        return [.hide([]), .announce(.shown)]
    case .chose(let surface):
        // Also the way back after the camera failed or a no.
        return live.sending == surface || live.watch != nil ? [] : [.askSystem(surface.grant)]
    case .questionAnswered(let yes):
        guard let surface = live.question else { return [] }
        change(&visit) { $0.question = nil }
        return yes ? [.askSystem(surface.grant)] : []
    case .failed(let fault):
        change(&visit) { $0.problem = Problem(fault) }
    case .captureFailed:
        change(&visit) {
            $0.stop()
            $0.problem = .cameraFailed
        }
        return [.consent(false), .capture(nil)]
    case .soundFailed:
        guard live.microphone else { return [] }
        change(&visit) {
            $0.microphone = false
            $0.problem = .other
        }
        return [.voice(false), .listen(false)]
    case .captureStopped:
        change(&visit) { $0.stop() }
        return [.consent(false), .capture(nil)]
    case .endTapped:
        change(&visit) { $0.ending = true }
    case .endAnswered(let yes, let nowMs):
        guard live.ending else { return [] }
        if yes { return end(&visit, live, nowMs, nil, [.leave]) }
        change(&visit) { $0.ending = false }
    default:
        break
    }
    return []
}

private func written(_ visit: inout Visit, _ text: String) -> [Effect] {
    let trimmed = text.trimmingCharacters(in: .whitespacesAndNewlines)
    if trimmed.isEmpty { return [] }
    let short = String(trimmed.prefix(chatCharacters))
    visit.chatId += 1
    let id = visit.chatId
    change(&visit) { $0.chat.append(ChatLine(from: "", own: true, text: short, state: .waiting, id: id)) }
    return [.sendChat(id: id, text: short)]
}

private func boxDrawn(_ visit: inout Visit, _ live: Live, _ drawn: Box) -> [Effect] {
    func share(_ value: Double) -> Double { min(max(value, 0), 1) }
    let box = Box(
        left: share(min(drawn.left, drawn.right)), top: share(min(drawn.top, drawn.bottom)),
        right: share(max(drawn.left, drawn.right)), bottom: share(max(drawn.top, drawn.bottom))
    )
    let slip = box.right - box.left < smallestBoxSide || box.bottom - box.top < smallestBoxSide
    if !live.hiding || slip || live.hidden.count >= mostBoxes { return [] }
    let boxes = live.hidden + [box]
    change(&visit) {
        $0.hiddenOn[$0.surface] = boxes
        $0.hiding = false
    }
    return [.hide(boxes), .announce(.hidden)]
}

private func systemAnswered(_ visit: inout Visit, _ live: Live, _ grant: Grant, _ yes: Bool) -> [Effect] {
    guard yes else {
        change(&visit) { $0.problem = Problem(denied: grant) }
        return []
    }
    // A technician shows nothing.
    if live.watch != nil, grant != .microphone { return [] }
    visit.allowed.insert(grant)
    if grant == .microphone {
        visit.shared.insert(.microphone)
        change(&visit) { $0.microphone = true }
        return [.voice(true)]
    }
    let surface: Surface = grant == .screen ? .screen : .camera
    if live.surface != surface {
        change(&visit) {
            $0.stop()
            $0.surface = surface
        }
        return [.capture(nil), .switchTo(surface)]
    }
    return live.sending == nil ? [.consent(true, filmDays: live.filmDays)] : []
}
