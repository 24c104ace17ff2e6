#if canImport(AVFoundation) && os(iOS)
import AVFoundation
import AssistCore
import AssistKit

/// Speaks and hears in a session: the system's voice processing takes the echo out, packets are Opus
/// of 20 ms at 48 kHz.
public final class Voice: @unchecked Sendable {
    private let core: CoreSession
    private let engine = AVAudioEngine()
    private let pcm = AVAudioFormat(commonFormat: .pcmFormatFloat32, sampleRate: 48_000, channels: 1, interleaved: false)!
    private let opus: AVAudioFormat
    private var encoder: AVAudioConverter?
    private var toPcm: AVAudioConverter?
    private var waiting: [Float] = []
    private var startUs: UInt64 = 0
    private var samples: UInt64 = 0
    private var players: [String: Player] = [:]
    private var isOpen = true
    private static let packetSamples = 960

    private struct Player {
        let node: AVAudioPlayerNode
        let decoder: AVAudioConverter
    }

    /// Throws what the system says when there is no sound.
    public init(core: CoreSession) throws {
        self.core = core
        var description = AudioStreamBasicDescription(
            mSampleRate: 48_000, mFormatID: kAudioFormatOpus, mFormatFlags: 0, mBytesPerPacket: 0,
            mFramesPerPacket: UInt32(Self.packetSamples), mBytesPerFrame: 0, mChannelsPerFrame: 1, mBitsPerChannel: 0, mReserved: 0
        )
        guard let format = AVAudioFormat(streamDescription: &description) else {
            throw AssistFault.mediaFailed("this system has no Opus")
        }
        opus = format
        let session = AVAudioSession.sharedInstance()
        try session.setCategory(.playAndRecord, mode: .videoChat, options: [.allowBluetooth, .defaultToSpeaker])
        try session.setActive(true)
        try engine.inputNode.setVoiceProcessingEnabled(true)
        encoder = AVAudioConverter(from: pcm, to: opus)
        encoder?.bitRate = 32_000
        let taken = engine.inputNode.outputFormat(forBus: 0)
        toPcm = AVAudioConverter(from: taken, to: pcm)
        engine.inputNode.installTap(onBus: 0, bufferSize: 960, format: taken) { [weak self] buffer, when in
            self?.heard(buffer, when)
        }
        // The mixer must be there before the first speaker comes.
        _ = engine.mainMixerNode
        try engine.start()
        Thread.detachNewThread { [weak self] in
            Thread.current.name = "sightline-player"
            while let voice = self, voice.isOpen { voice.play() }
        }
    }

    public func close() {
        isOpen = false
        engine.inputNode.removeTap(onBus: 0)
        engine.stop()
        try? AVAudioSession.sharedInstance().setActive(false, options: .notifyOthersOnDeactivation)
    }

    private func heard(_ buffer: AVAudioPCMBuffer, _ when: AVAudioTime) {
        if startUs == 0 { startUs = UInt64(AVAudioTime.seconds(forHostTime: when.hostTime) * 1_000_000) }
        guard let toPcm, let mono = convert(buffer, with: toPcm), let data = mono.floatChannelData else { return }
        waiting.append(contentsOf: UnsafeBufferPointer(start: data[0], count: Int(mono.frameLength)))
        while waiting.count >= Self.packetSamples {
            encode(Array(waiting.prefix(Self.packetSamples)))
            waiting.removeFirst(Self.packetSamples)
        }
    }

    private func convert(_ buffer: AVAudioPCMBuffer, with converter: AVAudioConverter) -> AVAudioPCMBuffer? {
        let ratio = pcm.sampleRate / buffer.format.sampleRate
        let capacity = AVAudioFrameCount(Double(buffer.frameLength) * ratio) + 64
        guard let out = AVAudioPCMBuffer(pcmFormat: pcm, frameCapacity: capacity) else { return nil }
        var given = false
        var fault: NSError?
        converter.convert(to: out, error: &fault) { _, status in
            status.pointee = given ? .noDataNow : .haveData
            defer { given = true }
            return given ? nil : buffer
        }
        return fault == nil ? out : nil
    }

    private func encode(_ sound: [Float]) {
        defer { samples += UInt64(sound.count) }
        guard let encoder, let buffer = AVAudioPCMBuffer(pcmFormat: pcm, frameCapacity: AVAudioFrameCount(sound.count)) else { return }
        buffer.frameLength = AVAudioFrameCount(sound.count)
        sound.withUnsafeBufferPointer { buffer.floatChannelData![0].update(from: $0.baseAddress!, count: sound.count) }
        let out = AVAudioCompressedBuffer(format: opus, packetCapacity: 1, maximumPacketSize: 1_120)
        var given = false
        var fault: NSError?
        encoder.convert(to: out, error: &fault) { _, status in
            status.pointee = given ? .noDataNow : .haveData
            defer { given = true }
            return given ? nil : buffer
        }
        guard fault == nil, out.packetCount > 0 else { return }
        let packet = Data(bytes: out.data, count: Int(out.byteLength))
        try? core.pushAudio(timeUs: startUs + samples * 1_000_000 / 48_000, packet: packet)
    }

    private func play() {
        guard let heard = core.nextAudio(waitMs: 200), let player = player(heard.speaker) else { return }
        let packet = AVAudioCompressedBuffer(format: opus, packetCapacity: 1, maximumPacketSize: heard.packet.count)
        heard.packet.withUnsafeBytes { packet.data.copyMemory(from: $0.baseAddress!, byteCount: heard.packet.count) }
        packet.byteLength = UInt32(heard.packet.count)
        packet.packetCount = 1
        packet.packetDescriptions?.pointee = AudioStreamPacketDescription(
            mStartOffset: 0, mVariableFramesInPacket: 0, mDataByteSize: UInt32(heard.packet.count)
        )
        // A packet is at most 120 ms.
        guard let out = AVAudioPCMBuffer(pcmFormat: pcm, frameCapacity: 5_760) else { return }
        var given = false
        var fault: NSError?
        player.decoder.convert(to: out, error: &fault) { _, status in
            status.pointee = given ? .noDataNow : .haveData
            defer { given = true }
            return given ? nil : packet
        }
        if fault == nil, out.frameLength > 0 { player.node.scheduleBuffer(out) }
    }

    private func player(_ speaker: String) -> Player? {
        if let known = players[speaker] { return known }
        guard let decoder = AVAudioConverter(from: opus, to: pcm) else { return nil }
        let node = AVAudioPlayerNode()
        engine.attach(node)
        engine.connect(node, to: engine.mainMixerNode, format: pcm)
        node.play()
        let made = Player(node: node, decoder: decoder)
        players[speaker] = made
        return made
    }
}
#endif
