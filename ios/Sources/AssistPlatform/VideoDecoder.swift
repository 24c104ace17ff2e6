#if canImport(VideoToolbox) && os(iOS)
import AssistCore
import AssistKit
import CoreMedia
import Foundation
import VideoToolbox

/// Decodes received H.264 with the system's decoder, on a thread of its own, for as long as it is open.
/// The system has no decoder for VP8: such a picture is told as one that cannot be shown.
///
/// Decoded pictures are handed over with their frame time, not queued in a display layer: drawings
/// must know exactly which frame is on screen.
public final class VideoDecoder: @unchecked Sendable {
    private let core: CoreSession
    private let onPicture: (CVPixelBuffer, UInt32) -> Void
    private let onUnknown: () -> Void
    private var session: VTDecompressionSession?
    private var format: CMVideoFormatDescription?
    private var wantsKeyframe = true
    private let lock = NSLock()
    private var isOpen = true

    /// `onPicture` and `onUnknown` (a picture that this phone cannot decode) are called on threads of
    /// the decoder.
    public init(core: CoreSession, onPicture: @escaping (CVPixelBuffer, UInt32) -> Void, onUnknown: @escaping () -> Void) {
        self.core = core
        self.onPicture = onPicture
        self.onUnknown = onUnknown
        Thread.detachNewThread { [weak self] in
            Thread.current.name = "sightline-decoder"
            // Nothing can be decoded before it.
            core.requestKeyframe()
            while let decoder = self, decoder.goesOn { decoder.step() }
        }
    }

    private var goesOn: Bool {
        lock.lock()
        defer { lock.unlock() }
        return isOpen
    }

    public func close() {
        lock.lock()
        defer { lock.unlock() }
        isOpen = false
    }

    private func step() {
        guard let picture = core.nextVideo(waitMs: 100) else { return }
        guard picture.codec == .h264 else { return onUnknown() }
        if wantsKeyframe, !picture.keyframe { return }
        let units = AnnexB.units(picture.data)
        if picture.keyframe, !begin(units) { return lost() }
        guard let session, let format, let sample = sample(AnnexB.lengthPrefixed(units), format) else { return lost() }
        wantsKeyframe = false
        let frameTime = picture.frameTime
        let status = VTDecompressionSessionDecodeFrame(session, sampleBuffer: sample, flags: [._1xRealTimePlayback], infoFlagsOut: nil) {
            [onPicture] status, _, image, _, _ in
            if status == noErr, let image { onPicture(image, frameTime) }
        }
        if status != noErr { lost() }
    }

    /// What comes cannot be decoded until the next keyframe.
    private func lost() {
        if !wantsKeyframe || session == nil { core.requestKeyframe() }
        wantsKeyframe = true
    }

    /// A session for the parameters of this keyframe; the one of before when they are the same.
    private func begin(_ units: [Data]) -> Bool {
        guard let sequence = units.first(where: { AnnexB.kind($0) == 7 }), let picture = units.first(where: { AnnexB.kind($0) == 8 })
        else { return session != nil }
        var made: CMVideoFormatDescription?
        let status = sequence.withUnsafeBytes { first in
            picture.withUnsafeBytes { second in
                let sets = [first, second].map { $0.bindMemory(to: UInt8.self).baseAddress! }
                return CMVideoFormatDescriptionCreateFromH264ParameterSets(
                    allocator: nil, parameterSetCount: 2, parameterSetPointers: sets,
                    parameterSetSizes: [sequence.count, picture.count], nalUnitHeaderLength: 4, formatDescriptionOut: &made
                )
            }
        }
        guard status == noErr, let made else { return false }
        if let session, VTDecompressionSessionCanAcceptFormatDescription(session, formatDescription: made) {
            format = made
            return true
        }
        if let session { VTDecompressionSessionInvalidate(session) }
        session = nil
        let wanted: [CFString: Any] = [
            kCVPixelBufferPixelFormatTypeKey: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange,
            kCVPixelBufferIOSurfacePropertiesKey: [CFString: Any](),
        ]
        var opened: VTDecompressionSession?
        VTDecompressionSessionCreate(
            allocator: nil, formatDescription: made, decoderSpecification: nil, imageBufferAttributes: wanted as CFDictionary,
            outputCallback: nil, decompressionSessionOut: &opened
        )
        session = opened
        format = made
        return opened != nil
    }

    private func sample(_ data: Data, _ format: CMVideoFormatDescription) -> CMSampleBuffer? {
        guard !data.isEmpty else { return nil }
        var block: CMBlockBuffer?
        let made = CMBlockBufferCreateWithMemoryBlock(
            allocator: nil, memoryBlock: nil, blockLength: data.count, blockAllocator: nil, customBlockSource: nil,
            offsetToData: 0, dataLength: data.count, flags: kCMBlockBufferAssureMemoryNowFlag, blockBufferOut: &block
        )
        guard made == kCMBlockBufferNoErr, let block else { return nil }
        let copied = data.withUnsafeBytes {
            CMBlockBufferReplaceDataBytes(with: $0.baseAddress!, blockBuffer: block, offsetIntoDestination: 0, dataLength: data.count)
        }
        guard copied == kCMBlockBufferNoErr else { return nil }
        var sample: CMSampleBuffer?
        CMSampleBufferCreateReady(
            allocator: nil, dataBuffer: block, formatDescription: format, sampleCount: 1, sampleTimingEntryCount: 0,
            sampleTimingArray: nil, sampleSizeEntryCount: 1, sampleSizeArray: [data.count], sampleBufferOut: &sample
        )
        return sample
    }

    deinit {
        if let session { VTDecompressionSessionInvalidate(session) }
    }
}
#endif
