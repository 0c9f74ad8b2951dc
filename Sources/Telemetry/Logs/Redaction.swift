/// Blots out what looks like a token, `tsd_<key id>_<secret>` or `eyJ….….…`, wherever it stands.
///
/// A second line of defence, for callers put tokens where they don't belong: in a path, in a
/// name. No code logs a token on purpose. The key id, which is public, stays.
package enum Redaction {
    private static let blot = Array("[redacted]".utf8)
    private static let keyIDCount = 11
    private static let webTokenBrand = Array("eyJ".utf8)

    /// The text without what looks like a token.
    package static func blotted(_ text: String) -> String {
        var bytes = Array(text.utf8)
        guard firstToken(in: bytes, from: 0) != nil else { return text }
        blotTokens(in: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    static func blotTokens(in bytes: inout [UInt8]) {
        guard firstToken(in: bytes, from: 0) != nil else { return }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var done = 0
        while let secret = firstToken(in: bytes, from: done) {
            result.append(contentsOf: bytes[done..<secret.lowerBound])
            result.append(contentsOf: blot)
            done = secret.upperBound
        }
        result.append(contentsOf: bytes[done...])
        bytes = result
    }

    /// What to blot of the first token at or after `start`: its secret, or all after the brand
    /// when it isn't formed as a token.
    private static func firstToken(in bytes: [UInt8], from start: Int) -> Range<Int>? {
        var place = start
        while place + 4 < bytes.count {
            if isBrand(bytes, at: place), isWord(bytes[place + 4]) {
                let end = bytes[(place + 4)...].firstIndex { !isWord($0) } ?? bytes.count
                return secretStart(bytes[(place + 4)..<end])..<end
            }
            if let end = webTokenEnd(bytes, from: place) { return place..<end }
            place += 1
        }
        return nil
    }

    /// The end of a JSON Web Token that begins here: its header is a JSON object, so that its
    /// first letters are always these.
    private static func webTokenEnd(_ bytes: [UInt8], from place: Int) -> Int? {
        guard bytes[place...].starts(with: webTokenBrand) else { return nil }
        let dot = UInt8(ascii: ".")
        let rest = bytes[place...].prefix { isWord($0) || $0 == UInt8(ascii: "-") || $0 == dot }
        return rest.contains(dot) ? rest.endIndex : nil
    }

    private static func secretStart(_ rest: ArraySlice<UInt8>) -> Int {
        let underscore = rest.startIndex + keyIDCount
        let isFormed = underscore + 1 < rest.endIndex && rest[underscore] == UInt8(ascii: "_")
        return isFormed ? underscore + 1 : rest.startIndex
    }

    private static func isBrand(_ bytes: [UInt8], at place: Int) -> Bool {
        bytes[place] == UInt8(ascii: "t") && bytes[place + 1] == UInt8(ascii: "s")
            && (bytes[place + 2] == UInt8(ascii: "d") || bytes[place + 2] == UInt8(ascii: "a"))
            && bytes[place + 3] == UInt8(ascii: "_")
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): true
        default: false
        }
    }
}
