import AssistKit
import AssistBroadcast
import Network
import ReplayKit

/// The screen, encoded here and handed to the app over a socket in the shared folder. It links neither
/// the core nor OpenCV: a system ends such an extension at 50 MB.
final class SampleHandler: RPBroadcastSampleHandler {
    private let queue = DispatchQueue(label: "sightline-broadcast")
    private var connection: NWConnection?
    private var encoder: VideoEncoder?
    /// Bytes handed to the socket that are not sent yet: a slow app gets fewer frames, never old ones.
    private var unsent = 0
    private static let mostUnsent = 4 * 1024 * 1024

    override func broadcastStarted(withSetupInfo setupInfo: [String: NSObject]?) {
        guard let path = Broadcast.socketPath else {
            return finishBroadcastWithError(NSError(domain: "sightline", code: 1, userInfo: [
                NSLocalizedDescriptionKey: NSLocalizedString("broadcast_no_session", comment: ""),
            ]))
        }
        let connection = NWConnection(to: .unix(path: path), using: .tcp)
        connection.stateUpdateHandler = { [weak self] state in
            if case .failed(let error) = state { self?.finishBroadcastWithError(error) }
        }
        connection.start(queue: queue)
        self.connection = connection
        encoder = VideoEncoder(bitrateBps: 2_000_000) { [weak self] frame in
            self?.queue.async {
                self?.send(BroadcastMessage(
                    kind: frame.keyframe ? .keyframe : .frame, timeUs: frame.timeUs,
                    width: UInt16(clamping: frame.width), height: UInt16(clamping: frame.height), data: frame.data
                ))
            }
        }
    }

    override func broadcastFinished() {
        queue.async { self.send(BroadcastMessage(kind: .stopped, timeUs: 0, width: 0, height: 0, data: Data())) }
    }

    override func processSampleBuffer(_ sample: CMSampleBuffer, with type: RPSampleBufferType) {
        guard type == .video, let picture = CMSampleBufferGetImageBuffer(sample) else { return }
        let time = CMSampleBufferGetPresentationTimeStamp(sample)
        queue.async {
            if self.unsent > Self.mostUnsent {
                // What is left out here would be missing to those behind it.
                self.encoder?.handle(.keyframe)
                return
            }
            self.encoder?.encode(picture, at: time)
        }
    }

    private func send(_ message: BroadcastMessage) {
        let bytes = message.encoded()
        unsent += bytes.count
        connection?.send(content: bytes, completion: .contentProcessed { [weak self] _ in
            self?.queue.async { self?.unsent -= bytes.count }
        })
    }
}
