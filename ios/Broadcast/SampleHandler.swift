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
    private var lumaTime = CMTime.negativeInfinity
    /// Small pictures for the tracker come at least so far apart.
    private static let lumaGap = CMTime(value: 1, timescale: 15)
    private static let longestLuma = 640

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
            self.sendLuma(picture, time)
            self.encoder?.encode(picture, at: time)
        }
    }

    /// The tracker knows what is drawn on a picture only if it saw it under that time.
    private func sendLuma(_ picture: CVPixelBuffer, _ time: CMTime) {
        if lumaTime.isNumeric, time - lumaTime < Self.lumaGap { return }
        CVPixelBufferLockBaseAddress(picture, .readOnly)
        defer { CVPixelBufferUnlockBaseAddress(picture, .readOnly) }
        guard CVPixelBufferIsPlanar(picture),
            let base = CVPixelBufferGetBaseAddressOfPlane(picture, 0)?.assumingMemoryBound(to: UInt8.self)
        else { return }
        lumaTime = time
        let (fullWidth, fullHeight) = (CVPixelBufferGetWidthOfPlane(picture, 0), CVPixelBufferGetHeightOfPlane(picture, 0))
        let step = max(1, (max(fullWidth, fullHeight) + Self.longestLuma - 1) / Self.longestLuma)
        let (width, height) = (fullWidth / step, fullHeight / step)
        let stride = CVPixelBufferGetBytesPerRowOfPlane(picture, 0)
        var plane = Data(count: width * height)
        plane.withUnsafeMutableBytes { (out: UnsafeMutableRawBufferPointer) in
            for row in 0..<height {
                for column in 0..<width { out[row * width + column] = base[row * step * stride + column * step] }
            }
        }
        send(BroadcastMessage(
            kind: .luma, timeUs: UInt64(max(0, CMTimeGetSeconds(time) * 1_000_000)),
            width: UInt16(clamping: width), height: UInt16(clamping: height), data: plane
        ))
    }

    private func send(_ message: BroadcastMessage) {
        let bytes = message.encoded()
        unsent += bytes.count
        connection?.send(content: bytes, completion: .contentProcessed { [weak self] _ in
            self?.queue.async { self?.unsent -= bytes.count }
        })
    }
}
