import Foundation

/// Own drawings that can be taken back one after the other.
public let mostUndoable = 100

/// What follows from a technician's tap or finger.
func watching(_ visit: inout Visit, _ live: Live, _ input: Input) -> [Effect] {
    guard var watch = live.watch else { return [] }
    var effects: [Effect] = []
    switch input {
    case .toolChosen(let tool):
        watch.tool = tool
    case .freezeTapped:
        guard watch.shows else { return [] }
        watch.frozen.toggle()
        effects = [.freeze(watch.frozen)]
    case .sketched(let stroke):
        // A finger that was on its way when the picture went draws on nothing.
        guard watch.shows else { return [] }
        watch.strokes = min(watch.strokes + 1, mostUndoable)
        effects = [.draw(stroke)]
    case .drew(let there):
        if there { return [] }
        watch.strokes = max(0, watch.strokes - 1)
        change(&visit) { $0.problem = .drawingLost }
    case .undoTapped:
        guard watch.strokes > 0 else { return [] }
        watch.strokes -= 1
        effects = [.undo]
    case .wanted(let surface):
        guard watch.surface != surface else { return [] }
        watch.asked = true
        effects = [.request(surface)]
    default:
        return []
    }
    change(&visit) { $0.watch = watch }
    return effects
}

/// What follows when the picture that a technician watches comes, changes or goes.
func pictured(_ visit: inout Visit, _ live: Live, _ event: AssistEvent) -> [Effect] {
    guard let was = live.watch else { return [] }
    var now = was
    if case .pictureShown(let surface, let paused, let hiddenParts) = event {
        now.surface = surface
        now.paused = paused
        now.hiddenParts = hiddenParts
        now.asked = false
    } else {
        now.surface = nil
        now.paused = false
        now.hiddenParts = 0
    }
    var effects: [Effect] = []
    // What stands still belongs to the picture that was there.
    if was.frozen, now.surface != was.surface || !now.shows {
        now.frozen = false
        effects.append(.freeze(false))
    }
    if !now.shows, was.shows {
        effects.append(.announce(now.paused ? .curtain : .seesNothing))
    } else if now.shows, !was.shows || now.surface != was.surface {
        effects.append(.announce(.sees))
    }
    change(&visit) { $0.watch = now }
    return effects
}
