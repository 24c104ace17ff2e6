import Foundation

/// Longest message, in characters.
public let chatCharacters = 2_000
/// Most rectangles that can be hidden at once.
public let mostBoxes = 8
/// Smallest side of a hidden rectangle, as a share of the frame: less is a slip of the finger.
public let smallestBoxSide = 0.02
/// Strongest zoom that is asked of a camera.
public let strongestZoom = 8.0

/// What follows from an input: changes the visit and gives what the app must do, in this order.
/// Pure, and the same as in Kotlin: `tests/vectors/phone/flow.json` has the stories of both.
public func reduce(_ visit: inout Visit, _ input: Input) -> [Effect] {
    switch input {
    case .problemSeen:
        visit.problem = nil
        change(&visit) { $0.problem = nil }
        return []
    case .startOver:
        if visit.live == nil { visit = Visit(server: visit.server) }
        return []
    default:
        break
    }
    switch visit.screen {
    case .enter: return enter(&visit, input)
    case .asked(let invitation, let chosen, let busy): return asked(&visit, invitation, chosen, busy, input)
    case .session(let live): return session(&visit, live, input)
    case .end:
        guard case .opened(let text) = input else { return [] }
        visit = Visit(server: visit.server)
        return lookUp(&visit, text)
    }
}

/// Changes the live part, if there is one.
func change(_ visit: inout Visit, _ edit: (inout Live) -> Void) {
    guard case .session(var live) = visit.screen else { return }
    edit(&live)
    visit.screen = .session(live)
}

private func enter(_ visit: inout Visit, _ input: Input) -> [Effect] {
    switch input {
    case .opened(let text):
        return lookUp(&visit, text)
    case .lookedUp(let invitation):
        visit.screen = .asked(invitation, chosen: nil, busy: false)
        visit.problem = nil
    case .failed(let fault):
        fail(&visit, fault)
        visit.screen = .enter(busy: false)
    default:
        break
    }
    return []
}

private func lookUp(_ visit: inout Visit, _ text: String) -> [Effect] {
    visit.screen = .enter(busy: false)
    let (invitation, server): (String, String?)
    switch DeepLink.parse(text) {
    case nil:
        visit.problem = .noInvitation
        return []
    case .link(let link, _):
        (invitation, server) = (link, nil)
    case .code(let digits):
        guard let known = visit.server else {
            visit.problem = .noServer
            return []
        }
        (invitation, server) = (digits, known)
    }
    visit.screen = .enter(busy: true)
    visit.problem = nil
    visit.waitSeconds = 0
    return [.lookUp(invitation: invitation, server: server)]
}

private func asked(_ visit: inout Visit, _ invitation: Invitation, _ chosen: Surface?, _ busy: Bool, _ input: Input) -> [Effect] {
    switch input {
    case .opened(let text):
        return lookUp(&visit, text)
    case .joinTapped:
        if busy || invitation.role != .technician { return [] }
        visit.screen = .asked(invitation, chosen: nil, busy: true)
        visit.problem = nil
        return [.join(link: invitation.link, surface: nil)]
    case .chose(let surface):
        if busy || invitation.role == .technician { return [] }
        visit.screen = .asked(invitation, chosen: surface, busy: true)
        visit.problem = nil
        return [.askSystem(surface.grant)]
    case .systemAnswered(let grant, let yes):
        guard let surface = chosen, surface.grant == grant else { return [] }
        if yes {
            visit.allowed.insert(grant)
            return [.join(link: invitation.link, surface: surface)]
        }
        visit.screen = .asked(invitation, chosen: nil, busy: false)
        visit.problem = Problem(denied: grant)
    case .joined(let place, let nowMs):
        var live = Live(agent: place.agent, company: place.company, surface: chosen ?? .camera)
        live.filmDays = invitation.filmDays
        if place.role == .technician { live.watch = Watch() }
        visit.screen = .session(live)
        visit.startedMs = nowMs
        return live.watch == nil ? [] : [.watching(true)]
    case .failed(let fault):
        fail(&visit, fault)
        visit.screen = .asked(invitation, chosen: nil, busy: false)
    default:
        break
    }
    return []
}

private func fail(_ visit: inout Visit, _ fault: AssistFault) {
    visit.problem = Problem(fault)
    visit.waitSeconds = 0
    if case .rateLimited(let seconds) = fault { visit.waitSeconds = seconds }
}

/// Over: the receipt, with the camera and the microphone off first.
func end(_ visit: inout Visit, _ live: Live, _ nowMs: Int, _ problem: Problem?, _ more: [Effect] = []) -> [Effect] {
    let duration = max(0, nowMs - visit.startedMs)
    let receipt = Receipt(
        agent: live.agent, shared: visit.shared, drawings: visit.drawings, durationMs: duration, watched: live.watch != nil
    )
    visit = Visit(server: visit.server)
    visit.screen = .end(receipt)
    visit.problem = problem
    return [.capture(nil), .listen(false)] + (live.watch == nil ? [] : [.watching(false)]) + more
}
