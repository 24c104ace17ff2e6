#if canImport(VideoToolbox)
import AssistKit
import CoreMedia
import Foundation
import VideoToolbox

/// The phone's H.264 encoder: constrained baseline, annex B, parameter sets with each keyframe.
public final class VideoEncoder {
    public struct Frame: Sendable {
        public let timeUs: UInt64
        public let keyframe: Bool
        public let width: Int
        public let height: Int
        public let data: Data
    }

    private var session: VTCompressionSession?
    private var size = (width: 0, height: 0)
    private var limit = (side: 1280, framesPerSecond: 30)
    private var bitrateBps: Int
    private var wantsKeyframe = true
    private var newest = CMTime.negativeInfinity
    private let onFrame: (Frame) -> Void

    /// `onFrame` is called on the encoder's own thread. All methods belong on one queue.
    public init(bitrateBps: Int, onFrame: @escaping (Frame) -> Void) {
        self.bitrateBps = bitrateBps
        self.onFrame = onFrame
    }

    deinit { stop() }

    /// Carries out what the core asks.
    public func handle(_ wish: EncoderWish) {
        switch wish {
        case .keyframe: wantsKeyframe = true
        case .bitrate(let bps):
            bitrateBps = bps
            if let session { VTSessionSetProperty(session, key: kVTCompressionPropertyKey_AverageBitRate, value: bps as CFNumber) }
        case .sizeAndRate(let width, let height, let framesPerSecond):
            let side = max(width, height)
            if side == limit.side, framesPerSecond == limit.framesPerSecond { return }
            limit = (side, framesPerSecond)
            stop()
        }
    }

    /// Encodes an upright picture; left out when it comes sooner than the rate allows.
    public func encode(_ picture: CVPixelBuffer, at time: CMTime) {
        let gap = CMTime(value: 3, timescale: CMTimeScale(max(1, limit.framesPerSecond) * 4))
        if newest.isNumeric, time - newest < gap { return }
        newest = time
        let fitted = fit(width: CVPixelBufferGetWidth(picture), height: CVPixelBufferGetHeight(picture))
        if session == nil || fitted != size { start(fitted) }
        guard let session else { return }
        let options = wantsKeyframe ? [kVTEncodeFrameOptionKey_ForceKeyFrame: kCFBooleanTrue] as CFDictionary : nil
        wantsKeyframe = false
        let (width, height) = size
        VTCompressionSessionEncodeFrame(
            session, imageBuffer: picture, presentationTimeStamp: time, duration: .invalid,
            frameProperties: options, infoFlagsOut: nil
        ) { [onFrame] status, _, sample in
            guard status == noErr, let sample, let data = annexB(sample) else { return }
            let timeUs = UInt64(max(0, CMTimeGetSeconds(CMSampleBufferGetPresentationTimeStamp(sample)) * 1_000_000))
            onFrame(Frame(timeUs: timeUs, keyframe: isKeyframe(sample), width: width, height: height, data: data))
        }
    }

    private func fit(width: Int, height: Int) -> (width: Int, height: Int) {
        let scale = min(1, Double(limit.side) / Double(max(width, height)))
        func even(_ side: Int) -> Int { max(16, Int((Double(side) * scale / 2).rounded()) * 2) }
        return (even(width), even(height))
    }

    private func start(_ fitted: (width: Int, height: Int)) {
        stop()
        size = fitted
        wantsKeyframe = true
        var made: VTCompressionSession?
        VTCompressionSessionCreate(
            allocator: nil, width: Int32(fitted.width), height: Int32(fitted.height), codecType: kCMVideoCodecType_H264,
            encoderSpecification: nil, imageBufferAttributes: nil, compressedDataAllocator: nil,
            outputCallback: nil, refcon: nil, compressionSessionOut: &made
        )
        guard let made else { return }
        let properties: [CFString: Any] = [
            kVTCompressionPropertyKey_RealTime: true,
            kVTCompressionPropertyKey_AllowFrameReordering: false,
            kVTCompressionPropertyKey_ProfileLevel: kVTProfileLevel_H264_ConstrainedBaseline_AutoLevel,
            kVTCompressionPropertyKey_AverageBitRate: bitrateBps,
            kVTCompressionPropertyKey_ExpectedFrameRate: limit.framesPerSecond,
            // Keyframes come when a viewer asks.
            kVTCompressionPropertyKey_MaxKeyFrameInterval: 18_000,
        ]
        VTSessionSetProperties(made, propertyDictionary: properties as CFDictionary)
        VTCompressionSessionPrepareToEncodeFrames(made)
        session = made
    }

    public func stop() {
        if let session { VTCompressionSessionInvalidate(session) }
        session = nil
    }
}

private func isKeyframe(_ sample: CMSampleBuffer) -> Bool {
    let attachments = CMSampleBufferGetSampleAttachmentsArray(sample, createIfNecessary: false) as? [[CFString: Any]]
    return (attachments?.first?[kCMSampleAttachmentKey_NotSync] as? Bool) != true
}

/// An access unit with start codes instead of lengths; a keyframe begins with its parameter sets.
private func annexB(_ sample: CMSampleBuffer) -> Data? {
    guard let block = CMSampleBufferGetDataBuffer(sample), let format = CMSampleBufferGetFormatDescription(sample) else { return nil }
    let startCode = Data([0, 0, 0, 1])
    var out = Data()
    if isKeyframe(sample) {
        var count = 0
        CMVideoFormatDescriptionGetH264ParameterSetAtIndex(
            format, parameterSetIndex: 0, parameterSetPointerOut: nil, parameterSetSizeOut: nil,
            parameterSetCountOut: &count, nalUnitHeaderLengthOut: nil
        )
        for index in 0..<count {
            var set: UnsafePointer<UInt8>?
            var size = 0
            CMVideoFormatDescriptionGetH264ParameterSetAtIndex(
                format, parameterSetIndex: index, parameterSetPointerOut: &set, parameterSetSizeOut: &size,
                parameterSetCountOut: nil, nalUnitHeaderLengthOut: nil
            )
            if let set { out += startCode + Data(bytes: set, count: size) }
        }
    }
    var bytes = Data(count: CMBlockBufferGetDataLength(block))
    let length = bytes.count
    let copied = bytes.withUnsafeMutableBytes { buffer in
        CMBlockBufferCopyDataBytes(block, atOffset: 0, dataLength: length, destination: buffer.baseAddress!)
    }
    guard copied == kCMBlockBufferNoErr else { return nil }
    var at = 0
    while at + 4 <= length {
        let size = bytes[at..<at + 4].reduce(0) { ($0 << 8) | Int($1) }
        guard size > 0, at + 4 + size <= length else { return nil }
        out += startCode + bytes[at + 4..<at + 4 + size]
        at += 4 + size
    }
    return out
}
#endif
