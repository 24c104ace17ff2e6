import Foundation

/// What the broadcast extension hands to the app: encoded frames over a local socket, so that the
/// extension holds neither the core nor a tracker and stays far below its 50 MB.
///
/// One message, big-endian: `length` u32 of all that follows, `kind` u8 (1 frame, 2 keyframe,
/// 3 stopped, 4 brightness), `time` u64 in microseconds, `width` u16, `height` u16, then the frame (annex B), or the
/// brightness of a small copy of it, row after row, for the tracker.
public struct BroadcastMessage: Equatable, Sendable {
    public enum Kind: UInt8, Sendable { case frame = 1, keyframe = 2, stopped = 3, luma = 4 }

    public var kind: Kind
    public var timeUs: UInt64
    public var width: UInt16
    public var height: UInt16
    public var data: Data

    static let header = 13
    /// Longest frame, as the core takes it.
    public static let longest = 2 * 1024 * 1024

    public init(kind: Kind, timeUs: UInt64, width: UInt16, height: UInt16, data: Data) {
        self.kind = kind
        self.timeUs = timeUs
        self.width = width
        self.height = height
        self.data = data
    }

    public func encoded() -> Data {
        var out = Data(capacity: 4 + Self.header + data.count)
        append(UInt32(Self.header + data.count), to: &out)
        out.append(kind.rawValue)
        append(timeUs, to: &out)
        append(width, to: &out)
        append(height, to: &out)
        out.append(data)
        return out
    }

    private func append<Number: FixedWidthInteger>(_ number: Number, to out: inout Data) {
        withUnsafeBytes(of: number.bigEndian) { out.append(contentsOf: $0) }
    }
}

/// Puts messages together again out of pieces of any size.
public struct BroadcastReader {
    public enum Fault: Error, Equatable { case tooLong(Int), tooShort(Int), unknownKind(UInt8) }

    private var bytes = Data()

    public init() {}

    /// The messages that are whole after these bytes. A fault ends the connection.
    public mutating func read(_ more: Data) throws -> [BroadcastMessage] {
        bytes.append(more)
        var found: [BroadcastMessage] = []
        while bytes.count >= 4 {
            let length = Int(number(at: 0, as: UInt32.self))
            if length > BroadcastMessage.header + BroadcastMessage.longest { throw Fault.tooLong(length) }
            if length < BroadcastMessage.header { throw Fault.tooShort(length) }
            if bytes.count < 4 + length { break }
            let kind = bytes[bytes.startIndex + 4]
            guard let known = BroadcastMessage.Kind(rawValue: kind) else { throw Fault.unknownKind(kind) }
            let start = bytes.startIndex + 4 + BroadcastMessage.header
            found.append(BroadcastMessage(
                kind: known, timeUs: number(at: 5, as: UInt64.self), width: number(at: 13, as: UInt16.self),
                height: number(at: 15, as: UInt16.self), data: Data(bytes[start..<bytes.startIndex + 4 + length])
            ))
            bytes = Data(bytes.dropFirst(4 + length))
        }
        return found
    }

    private func number<Number: FixedWidthInteger>(at offset: Int, as: Number.Type) -> Number {
        let start = bytes.startIndex + offset
        return bytes[start..<start + MemoryLayout<Number>.size].reduce(0) { ($0 << 8) | Number($1) }
    }
}
