/// PostgreSQL's binary form of a one-dimensional array of text: dimensions, null flag and
/// element type, then length and lower bound, then each element behind its length.
enum TextArray {
    private static let headerBytes = 12
    private static let dimensionBytes = 8

    static func encode(_ texts: [String]) -> [UInt8] {
        var bytes = bigEndian(texts.isEmpty ? 0 : 1) + bigEndian(0)
        bytes += bigEndian(PostgresType.text.oid)
        guard !texts.isEmpty else { return bytes }
        bytes += bigEndian(UInt32(texts.count)) + bigEndian(1)
        for text in texts { bytes += bigEndian(UInt32(text.utf8.count)) + Array(text.utf8) }
        return bytes
    }

    private static func bigEndian(_ word: UInt32) -> [UInt8] {
        withUnsafeBytes(of: word.bigEndian) { Array($0) }
    }

    /// nil when it has more dimensions, a null element or a wrong length.
    static func decode(_ bytes: [UInt8]) -> [String]? {
        guard let dimensions = word(bytes, at: 0) else { return nil }
        if dimensions == 0 { return [] }
        guard dimensions == 1, let count = word(bytes, at: headerBytes), count >= 0 else {
            return nil
        }
        var place = headerBytes + dimensionBytes
        var texts: [String] = []
        for _ in 0..<count {
            guard let length = word(bytes, at: place), length >= 0,
                place + 4 + length <= bytes.count
            else { return nil }
            place += 4
            texts.append(String(decoding: bytes[place..<(place + length)], as: UTF8.self))
            place += length
        }
        return place == bytes.count ? texts : nil
    }

    private static func word(_ bytes: [UInt8], at place: Int) -> Int? {
        guard place + 4 <= bytes.count else { return nil }
        let word = bytes[place..<(place + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return Int(Int32(bitPattern: word))
    }
}
