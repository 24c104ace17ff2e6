import AssistKit
import SwiftUI

@main
struct SightlineApp: App {
    @StateObject private var model = VisitModel()

    var body: some Scene {
        WindowGroup {
            content
                .onOpenURL { model.handle(.opened($0.absoluteString)) }
        }
    }

    @ViewBuilder private var content: some View {
        switch model.visit.screen {
        case .enter(let busy): EnterView(model: model, busy: busy)
        case .asked(let invitation, let chosen, let busy): AskedView(model: model, invitation: invitation, chosen: chosen, busy: busy)
        case .session(let live):
            if let watch = live.watch {
                WatchView(model: model, live: live, watch: watch)
            } else {
                LiveView(model: model, live: live)
            }
        case .end(let receipt): EndView(model: model, receipt: receipt)
        }
    }
}

/// A text of the catalogue; its placeholders filled.
func words(_ key: String, _ values: CVarArg...) -> String {
    String(format: NSLocalizedString(key, comment: ""), arguments: values)
}

/// `1 day`, `7 days`: languages count differently.
func inDays(_ days: Int) -> String {
    let formatter = DateComponentsFormatter()
    formatter.allowedUnits = [.day]
    formatter.unitsStyle = .full
    return formatter.string(from: DateComponents(day: days)) ?? "\(days)"
}

func words(_ problem: Problem, waitSeconds: Int) -> String {
    switch problem {
    case .rate: return words("problem_rate", "\(waitSeconds)")
    case .cameraDenied, .screenDenied, .microphoneDenied, .cameraFailed, .drawingLost: return words(problem.rawValue)
    default: return words("problem_\(problem.rawValue)")
    }
}

func words(_ phrase: Phrase, name: String, text: String) -> String {
    switch phrase {
    case .drew: return words("drew_other", name)
    case .removed: return words("removed_drawing", name)
    case .lost: return words("hold_still")
    case .found: return words("announce_found")
    case .fixed: return words("drawing_fixed")
    case .said: return words("said", name, text)
    case .weak: return words("connection_reconnecting")
    case .back: return words("announce_back")
    case .paused: return words("paused_title")
    case .resumed, .started: return words("announce_started")
    case .stopped: return words("not_sharing_text")
    case .hidden: return words("announce_hidden")
    case .shown: return words("announce_shown")
    case .hot: return words("saving_heat")
    case .battery: return words("saving_battery")
    case .facesOn: return words("announce_faces_on")
    case .facesOff: return words("announce_faces_off")
    case .front: return words("announce_front")
    case .rear: return words("announce_rear")
    case .sees: return words("announce_sees")
    case .seesNothing: return words("watch_waiting")
    case .curtain: return words("watch_paused")
    case .drawn: return words("announce_drawn")
    case .erased: return words("announce_erased")
    }
}
