#if canImport(Network) && os(iOS)
import AssistKit
import Foundation
import Network

/// Where app and broadcast extension meet.
public enum Broadcast {
    /// The group of app and extension, from their Info.plist.
    public static var group: String? { Bundle.main.object(forInfoDictionaryKey: "SightlineGroup") as? String }

    /// A socket in the group's folder; nil when the group is missing. Paths of sockets end at 104 bytes.
    public static var socketPath: String? {
        guard let group, let folder = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: group) else { return nil }
        let path = folder.appendingPathComponent("b.sock").path
        return path.utf8.count < 104 ? path : nil
    }
}

/// The app's end: hears the frames of the extension while it is open. Everything on its own queue.
public final class BroadcastListener: @unchecked Sendable {
    private let queue = DispatchQueue(label: "sightline-broadcast")
    private var listener: NWListener?
    private let onMessage: (BroadcastMessage) -> Void

    public init(onMessage: @escaping (BroadcastMessage) -> Void) throws {
        self.onMessage = onMessage
        guard let path = Broadcast.socketPath else { throw AssistFault.mediaFailed("app and extension share no group") }
        try? FileManager.default.removeItem(atPath: path)
        let parameters = NWParameters.tcp
        parameters.requiredLocalEndpoint = .unix(path: path)
        let made = try NWListener(using: parameters)
        made.newConnectionHandler = { [weak self] in self?.accept($0) }
        made.start(queue: queue)
        listener = made
    }

    public func close() { listener?.cancel() }

    private func accept(_ connection: NWConnection) {
        connection.start(queue: queue)
        receive(connection, BroadcastReader())
    }

    private func receive(_ connection: NWConnection, _ reader: BroadcastReader) {
        connection.receive(minimumIncompleteLength: 1, maximumLength: 65_536) { [weak self] data, _, isOver, error in
            var reader = reader
            guard let self, let messages = try? reader.read(data ?? Data()) else { return connection.cancel() }
            messages.forEach(self.onMessage)
            if isOver || error != nil {
                self.onMessage(BroadcastMessage(kind: .stopped, timeUs: 0, width: 0, height: 0, data: Data()))
                connection.cancel()
            } else {
                self.receive(connection, reader)
            }
        }
    }
}
#endif
