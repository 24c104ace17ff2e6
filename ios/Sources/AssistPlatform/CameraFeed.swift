#if canImport(AVFoundation) && os(iOS)
import AVFoundation
import AssistBroadcast
import AssistCore
import AssistKit

/// The camera, upright, with what is private painted over before anything sees it: the encoder, the
/// tracker's luma plane (the same buffer's first plane) and the view all get the same picture.
public final class CameraFeed: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate, @unchecked Sendable {
    public let capture = AVCaptureSession()
    private let queue = DispatchQueue(label: "sightline-frames")
    private let core: CoreSession
    private let encoder: VideoEncoder
    private let onPicture: (CVPixelBuffer, UInt64) -> Void
    private var device: AVCaptureDevice?
    private var newestUs: UInt64 = 0
    private var frozen: (picture: CVPixelBuffer, time: CMTime)?
    private var last: (picture: CVPixelBuffer, time: CMTime)?
    private var timer: DispatchSourceTimer?
    private var faces: FaceWatch?

    /// `onPicture` gives each picture with its capture time in microseconds, for the view.
    public init(core: CoreSession, bitrateBps: Int, onPicture: @escaping (CVPixelBuffer, UInt64) -> Void) {
        self.core = core
        self.onPicture = onPicture
        encoder = VideoEncoder(bitrateBps: bitrateBps) { frame in
            // A fault here is a fault of the app; the core tells of it.
            try? core.pushEncodedVideo(
                timeUs: frame.timeUs, keyframe: frame.keyframe, width: frame.width, height: frame.height, data: frame.data
            )
        }
        super.init()
    }

    /// Opens the camera, with `front` the one that looks at the person. It is sent and shown unmirrored,
    /// so that writing can be read and every drawing lies where its author put it. Throws
    /// `AssistFault.mediaFailed` with what is wrong.
    public func open(front: Bool) throws {
        guard let found = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: front ? .front : .back) else {
            throw AssistFault.mediaFailed("there is no camera on this side")
        }
        device = found
        let input = try AVCaptureDeviceInput(device: found)
        let output = AVCaptureVideoDataOutput()
        output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange]
        output.alwaysDiscardsLateVideoFrames = true
        output.setSampleBufferDelegate(self, queue: queue)
        capture.beginConfiguration()
        capture.sessionPreset = .hd1280x720
        guard capture.canAddInput(input), capture.canAddOutput(output) else {
            capture.commitConfiguration()
            throw AssistFault.mediaFailed("the camera does not take this output")
        }
        capture.addInput(input)
        capture.addOutput(output)
        if let connection = output.connection(with: .video) {
            connection.videoOrientation = .portrait
            if connection.isVideoMirroringSupported {
                connection.automaticallyAdjustsVideoMirroring = false
                connection.isVideoMirrored = false
            }
        }
        capture.commitConfiguration()
        queue.async { self.capture.startRunning() }
    }

    public func close() {
        queue.async {
            self.timer?.cancel()
            self.capture.stopRunning()
            self.encoder.stop()
        }
    }

    public func handle(_ wish: EncoderWish) { queue.async { self.encoder.handle(wish) } }

    public func setTorch(_ on: Bool) { configure { if $0.hasTorch { $0.torchMode = on ? .on : .off } } }

    public func setZoom(_ ratio: Double) {
        configure { $0.videoZoomFactor = min(max(1, ratio), $0.activeFormat.videoMaxZoomFactor) }
    }

    /// Holds the last picture, which goes out again twice a second, or goes on.
    public func setFrozen(_ on: Bool) {
        queue.async {
            self.timer?.cancel()
            self.timer = nil
            self.frozen = on ? self.last : nil
            guard on else { return }
            let timer = DispatchSource.makeTimerSource(queue: self.queue)
            timer.schedule(deadline: .now() + 0.5, repeating: 0.5)
            timer.setEventHandler { [weak self] in self?.again() }
            timer.resume()
            self.timer = timer
        }
    }

    /// Tells the core that every later picture has wish `version` painted over.
    public func applyHidden(_ version: UInt32) {
        queue.async { self.core.hidingApplied(version, fromTimeUs: self.newestUs + 1) }
    }

    /// Finds faces and paints them over, or stops to. What is found counts for the core only while it
    /// was told that there is a detector.
    public func setFaces(_ on: Bool) {
        queue.async {
            let core = self.core
            self.faces = on ? FaceWatch { timeUs, found in core.privateFound(timeUs: timeUs, found: found) } : nil
        }
    }

    private func configure(_ change: @escaping (AVCaptureDevice) -> Void) {
        queue.async {
            guard let device = self.device, (try? device.lockForConfiguration()) != nil else { return }
            change(device)
            device.unlockForConfiguration()
        }
    }

    private func again() {
        guard let held = frozen else { return }
        let time = held.time + CMTime(value: 1, timescale: 2)
        frozen = (held.picture, time)
        push(held.picture, at: time)
    }

    public func captureOutput(_ output: AVCaptureOutput, didOutput sample: CMSampleBuffer, from connection: AVCaptureConnection) {
        guard frozen == nil, let picture = CMSampleBufferGetImageBuffer(sample) else { return }
        push(picture, at: CMSampleBufferGetPresentationTimeStamp(sample))
    }

    private func push(_ picture: CVPixelBuffer, at time: CMTime) {
        let timeUs = UInt64(max(0, CMTimeGetSeconds(time) * 1_000_000))
        newestUs = timeUs
        last = (picture, time)
        CVPixelBufferLockBaseAddress(picture, [])
        pushLuma(picture, timeUs)
        paintOver(picture, timeUs)
        CVPixelBufferUnlockBaseAddress(picture, [])
        encoder.encode(picture, at: time)
        onPicture(picture, timeUs)
    }

    /// Every second pixel of every second row: 640 x 360 of 1280 x 720. Luma never leaves the phone.
    private func pushLuma(_ picture: CVPixelBuffer, _ timeUs: UInt64) {
        guard let base = CVPixelBufferGetBaseAddressOfPlane(picture, 0)?.assumingMemoryBound(to: UInt8.self) else { return }
        let (width, height) = (CVPixelBufferGetWidthOfPlane(picture, 0) / 2, CVPixelBufferGetHeightOfPlane(picture, 0) / 2)
        let stride = CVPixelBufferGetBytesPerRowOfPlane(picture, 0)
        var plane = Data(count: width * height)
        plane.withUnsafeMutableBytes { (out: UnsafeMutableRawBufferPointer) in
            for row in 0..<height {
                let (upper, lower) = (base + 2 * row * stride, base + (2 * row + 1) * stride)
                for column in 0..<width {
                    let sum = Int(upper[2 * column]) + Int(upper[2 * column + 1]) + Int(lower[2 * column]) + Int(lower[2 * column + 1])
                    out[row * width + column] = UInt8((sum + 2) / 4)
                }
            }
        }
        try? core.pushLuma(timeUs: timeUs, width: width, height: height, stride: width, data: plane)
        faces?.offer(timeUs: timeUs, width: width, height: height, grey: plane)
    }

    /// Dark, in brightness and colour, wherever the person or the core wants nothing seen.
    private func paintOver(_ picture: CVPixelBuffer, _ timeUs: UInt64) {
        let size = (width: CVPixelBufferGetWidth(picture), height: CVPixelBufferGetHeight(picture))
        for part in core.hiddenPixels(timeUs: timeUs, width: size.width, height: size.height) {
            fill(picture, plane: 0, x: part.x, y: part.y, width: part.width, height: part.height, with: 16)
            // Colour has half the rows, and two bytes for each two columns.
            fill(picture, plane: 1, x: part.x, y: part.y / 2, width: part.width, height: part.height / 2, with: 128)
        }
    }

    private func fill(_ picture: CVPixelBuffer, plane: Int, x: Int, y: Int, width: Int, height: Int, with value: Int32) {
        guard let base = CVPixelBufferGetBaseAddressOfPlane(picture, plane) else { return }
        let stride = CVPixelBufferGetBytesPerRowOfPlane(picture, plane)
        for row in y..<y + height { memset(base + row * stride + x, value, width) }
    }
}
#endif
