import Foundation

/// H.264 with start codes (ITU-T H.264, annex B), as it comes from the others.
public enum AnnexB {
    /// The units between start codes of three or four bytes; zero bytes at a unit's end are no part of it.
    public static func units(_ data: Data) -> [Data] {
        let bytes = [UInt8](data)
        var units: [Data] = []
        var begin: Int?
        var at = 0
        func close(_ end: Int) {
            guard let first = begin else { return }
            var last = end
            while last > first, bytes[last - 1] == 0 { last -= 1 }
            if last > first { units.append(Data(bytes[first..<last])) }
        }
        while at + 3 <= bytes.count {
            if bytes[at] == 0, bytes[at + 1] == 0, bytes[at + 2] == 1 {
                close(at)
                begin = at + 3
                at += 3
            } else {
                at += 1
            }
        }
        close(bytes.count)
        return units
    }

    /// What a unit is: 7 a sequence's, 8 a picture's parameters.
    public static func kind(_ unit: Data) -> UInt8 { (unit.first ?? 0) & 0x1f }

    /// The units with their lengths before them, as the system's decoder wants them; parameters left out.
    public static func lengthPrefixed(_ units: [Data]) -> Data {
        var out = Data()
        for unit in units where kind(unit) != 7 && kind(unit) != 8 && kind(unit) != 9 {
            let length = UInt32(unit.count)
            out.append(contentsOf: [24, 16, 8, 0].map { UInt8(length >> $0 & 0xff) })
            out.append(unit)
        }
        return out
    }
}
