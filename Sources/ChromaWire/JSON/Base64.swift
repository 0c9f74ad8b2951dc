/// Standard base64 with padding (RFC 4648 §4), strict: no white space, no stray bits.
enum Base64 {
    /// What is wrong with a text, in upstream's words.
    enum Fault: Error {
        case symbol(UInt8, offset: Int)
        case lastSymbol(UInt8, offset: Int)
        case padding

        var message: String {
            switch self {
            case .symbol(let byte, let offset): "Invalid symbol \(byte), offset \(offset)."
            case .lastSymbol(let byte, let offset):
                "Invalid last symbol \(byte), offset \(offset)."
            case .padding: "Invalid padding"
            }
        }
    }

    private static let invalid: UInt8 = 0xFF

    /// The six bits of each symbol, never freed.
    // Safe to share: written once, before anyone sees the pointer.
    private nonisolated(unsafe) static let values: UnsafePointer<UInt8> = {
        let table = UnsafeMutablePointer<UInt8>.allocate(capacity: 256)
        table.initialize(repeating: invalid, count: 256)
        let alphabet: StaticString =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for value in 0..<64 { table[Int(alphabet.utf8Start[value])] = UInt8(value) }
        return UnsafePointer(table)
    }()

    /// Most bytes that a text of `count` symbols stands for.
    static func decodedBytesMax(_ count: Int) -> Int { count / 4 * 3 + 3 }

    /// Decodes into `output`, which has room for `decodedBytesMax`. Returns the bytes written.
    static func decode(
        _ text: UnsafeBufferPointer<UInt8>, into output: UnsafeMutablePointer<UInt8>
    ) throws(Fault) -> Int {
        guard let symbols = text.baseAddress, !text.isEmpty else { return 0 }
        var read = 0
        var written = 0
        let values = values
        while text.count - read > 4 {
            let a = values[Int(symbols[read])]
            let b = values[Int(symbols[read + 1])]
            let c = values[Int(symbols[read + 2])]
            let d = values[Int(symbols[read + 3])]
            // Valid values have six bits, so only an invalid one sets the upper two.
            guard (a | b | c | d) < 64 else { throw badSymbol(text, from: read) }
            output[written] = a << 2 | b >> 4
            output[written + 1] = b << 4 | c >> 2
            output[written + 2] = c << 6 | d
            read += 4
            written += 3
        }
        return try decodeTail(text, from: read, into: output, written)
    }

    /// Decodes the last group, the only one that may be padded.
    private static func decodeTail(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int,
        into output: UnsafeMutablePointer<UInt8>, _ written: Int
    ) throws(Fault) -> Int {
        let group = text[start...]
        let symbols = group.prefix { $0 != ASCII.equals }
        let padding = group.count - symbols.count
        var bits: UInt32 = 0
        for (place, symbol) in zip(symbols.indices, symbols) {
            guard values[Int(symbol)] < 64 else { throw .symbol(symbol, offset: place) }
            bits = bits << 6 | UInt32(values[Int(symbol)])
        }
        if group.dropFirst(symbols.count).contains(where: { $0 != ASCII.equals }) {
            throw .symbol(ASCII.equals, offset: symbols.endIndex)
        }
        guard group.count == 4, padding <= 2 else { throw .padding }
        bits <<= UInt32(padding * 6)
        // The bits that padding cuts off must be zero, else two texts would mean the same.
        let isCanonical = padding == 0 || bits & (padding == 1 ? 0xFF : 0xFFFF) == 0
        guard isCanonical else {
            throw .lastSymbol(text[symbols.endIndex - 1], offset: symbols.endIndex - 1)
        }
        for place in 0..<(3 - padding) {
            output[written + place] = UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * place))
        }
        return written + 3 - padding
    }

    private static func badSymbol(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Fault {
        for place in start..<text.count where values[Int(text[place])] >= 64 {
            return .symbol(text[place], offset: place)
        }
        return .padding
    }
}
