#if canImport(Vision) && os(iOS)
import AssistKit
import CoreGraphics
import Foundation
import Vision

/// Finds faces with the system's own detector, a few times a second, on a queue of its own, and tells
/// what it found with the capture time of that picture. A picture that comes while it looks is left out.
final class FaceWatch: @unchecked Sendable {
    private let queue = DispatchQueue(label: "sightline-faces")
    private let tell: (UInt64, [Box]?) -> Void
    private let lock = NSLock()
    private var busy = false
    private var lookedUs: UInt64?

    /// Looks begin at least so far apart, in microseconds of capture time: half of what the core waits for.
    private static let gapUs: UInt64 = 200_000

    /// `tell` gets nil when the detector cannot tell.
    init(tell: @escaping (UInt64, [Box]?) -> Void) {
        self.tell = tell
    }

    /// An upright picture in grey, row after row. It must be a copy: the camera's own buffer is painted
    /// over before the detector has looked.
    func offer(timeUs: UInt64, width: Int, height: Int, grey: Data) {
        lock.lock()
        defer { lock.unlock() }
        if let lookedUs, timeUs >= lookedUs, timeUs < lookedUs + Self.gapUs { return }
        if busy { return }
        busy = true
        lookedUs = timeUs
        queue.async { [weak self] in
            guard let self else { return }
            self.tell(timeUs, self.find(width, height, grey))
            self.lock.lock()
            self.busy = false
            self.lock.unlock()
        }
    }

    private func find(_ width: Int, _ height: Int, _ grey: Data) -> [Box]? {
        guard let provider = CGDataProvider(data: grey as CFData),
            let image = CGImage(
                width: width, height: height, bitsPerComponent: 8, bitsPerPixel: 8, bytesPerRow: width,
                space: CGColorSpaceCreateDeviceGray(), bitmapInfo: CGBitmapInfo(rawValue: CGImageAlphaInfo.none.rawValue),
                provider: provider, decode: nil, shouldInterpolate: false, intent: .defaultIntent
            )
        else { return nil }
        let request = VNDetectFaceRectanglesRequest()
        do {
            try VNImageRequestHandler(cgImage: image, orientation: .up).perform([request])
        } catch {
            return nil
        }
        // Vision counts from the bottom left corner.
        return (request.results ?? []).map { face in
            let box = face.boundingBox
            func share(_ value: CGFloat) -> Double { min(1, max(0, Double(value))) }
            return Box(left: share(box.minX), top: share(1 - box.maxY), right: share(box.maxX), bottom: share(1 - box.minY))
        }
    }
}
#endif
