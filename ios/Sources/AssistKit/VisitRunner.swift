import Foundation

/// The core's part in one session, as `AssistCore` gives it; tests give their own.
public protocol SessionCore: AnyObject, Sendable {
    /// The surface is what a customer will show; a technician's is not looked at.
    func join(link: String, surface: Surface) async throws -> SessionPlace
    func setConsent(_ granted: Bool, filmDays: Int?) throws
    func setPaused(_ paused: Bool) throws
    func showSurface(_ surface: Surface) throws
    func setMicrophone(_ granted: Bool) throws
    func sendChat(_ text: String) async throws
    func draw(_ stroke: Stroke) async throws -> UInt32
    func undo() async throws
    func holdFrame(_ frameTime: UInt32, hold: Bool) throws
    func requestSurface(_ surface: Surface) throws
    func leave() async throws
}

/// Runs a visit: keeps its state, asks the core for what the effects want, and gives the rest to the
/// phone.
@MainActor
public final class VisitRunner {
    public private(set) var visit: Visit {
        didSet { onVisit(visit) }
    }
    /// Told of every change.
    public var onVisit: (Visit) -> Void = { _ in }
    /// The core's part, from the moment of joining until the end.
    public private(set) var core: SessionCore?

    private let look: (String, String?) async throws -> Invitation
    private let makeCore: (@escaping @Sendable (AssistEvent) -> Void) throws -> SessionCore
    private let phone: (Effect, SessionCore?) -> Void
    private let nowMs: () -> Int
    private var attempt: Task<Void, Never>?

    /// - Parameters:
    ///   - look: who asks; the invitation and, with a code, the server.
    ///   - makeCore: a core that is not joined yet and tells its events.
    ///   - phone: carries out all effects but those of the core.
    public init(
        server: String?,
        nowMs: @escaping () -> Int,
        look: @escaping (String, String?) async throws -> Invitation,
        makeCore: @escaping (@escaping @Sendable (AssistEvent) -> Void) throws -> SessionCore,
        phone: @escaping (Effect, SessionCore?) -> Void
    ) {
        visit = Visit(server: server)
        self.nowMs = nowMs
        self.look = look
        self.makeCore = makeCore
        self.phone = phone
    }

    /// The server's address that codes belong to.
    public func useServer(_ address: String?) {
        visit.server = address
    }

    public func handle(_ input: Input) {
        let wasLive = visit.live != nil
        var next = visit
        let effects = reduce(&next, input)
        visit = next
        effects.forEach(perform)
        if wasLive, next.live == nil, !effects.contains(.leave) { core = nil }
        if input == .startOver { attempt?.cancel() }
    }

    private func perform(_ effect: Effect) {
        switch effect {
        case .lookUp(let invitation, let server):
            attempt(to: { .lookedUp(try await self.look(invitation, server)) })
        case .join(let link, let surface):
            attempt(to: { try await self.join(link, surface ?? .camera) })
        case .consent(let yes, let filmDays): told { try $0.setConsent(yes, filmDays: filmDays) }
        case .pause(let on): told { try $0.setPaused(on) }
        case .voice(let yes): told { try $0.setMicrophone(yes) }
        case .switchTo(let surface): told { try $0.showSurface(surface) }
        case .request(let surface): told { try $0.requestSurface(surface) }
        case .draw(let stroke):
            let core = core
            Task {
                let there = (try? await core?.draw(stroke)) != nil
                // The tracker kept the frame while the finger drew on it; a picture that stands is kept on.
                if let frame = stroke.frameTime, visit.live?.watch?.frozen != true { try? core?.holdFrame(frame, hold: false) }
                handle(.drew(there: there))
            }
        case .undo:
            let core = core
            // Nothing to take back is no fault: somebody else may have cleared the picture.
            Task { try? await core?.undo() }
        case .sendChat(let id, let text):
            let core = core
            Task {
                let delivered = (try? await core?.sendChat(text)) != nil
                handle(.chatAnswered(id: id, delivered: delivered))
            }
        case .leave:
            let leaving = core
            core = nil
            Task { try? await leaving?.leave() }
        default:
            phone(effect, core)
        }
    }

    private func attempt(to call: @escaping @MainActor () async throws -> Input) {
        attempt?.cancel()
        attempt = Task {
            do {
                handle(try await call())
            } catch let fault as AssistFault {
                handle(.failed(fault))
            } catch is CancellationError {
                // Whoever opened another link does not wait for the answer about the first.
            } catch {
                handle(.failed(.internalFault("\(error)")))
            }
        }
    }

    private func join(_ link: String, _ surface: Surface) async throws -> Input {
        var early: [AssistEvent] = []
        var isIn = false
        let joining = try makeCore { event in
            Task { @MainActor in
                if isIn { self.handle(.happened(event, nowMs: self.nowMs())) } else { early.append(event) }
            }
        }
        let place = try await joining.join(link: link, surface: surface)
        core = joining
        Task { @MainActor in
            // What the core told before the answer comes after it.
            isIn = true
            for event in early { self.handle(.happened(event, nowMs: self.nowMs())) }
        }
        return .joined(place, nowMs: nowMs())
    }

    private func told(_ call: (SessionCore) throws -> Void) {
        guard let core else { return }
        do {
            try call(core)
        } catch AssistFault.notJoined {
            // Over, of which the core also tells.
        } catch let fault as AssistFault {
            handle(.failed(fault))
        } catch {
            handle(.failed(.internalFault("\(error)")))
        }
    }
}
