import Platform

/// Text of digits, upper-case and lower-case letters: safe in URLs, headers and double clicks.
enum Base62 {
    private static let alphabet = Array(
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// Random text, each character uniform: bytes past the alphabet are drawn again, since a
    /// remainder would favour some characters.
    static func random(_ count: Int, from random: any RandomSource) -> String {
        var text: [UInt8] = []
        while text.count < count {
            for byte in random.bytes(count) where text.count < count {
                let draw = Int(byte & 63)
                if draw < alphabet.count { text.append(alphabet[draw]) }
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A number in exactly `width` characters, most significant first. 62^6 exceeds 2^32.
    static func encode(_ number: UInt32, width: Int) -> String {
        var rest = Int(number)
        var text = [UInt8](repeating: alphabet[0], count: width)
        for place in stride(from: width - 1, through: 0, by: -1) {
            text[place] = alphabet[rest % alphabet.count]
            rest /= alphabet.count
        }
        return String(decoding: text, as: UTF8.self)
    }

    static func isEncoded(_ text: some Sequence<UInt8>) -> Bool {
        text.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: false
            }
        }
    }
}
