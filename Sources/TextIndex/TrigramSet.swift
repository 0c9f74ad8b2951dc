/// Trigrams that every text with some literal in it must have.
package struct TrigramSet: Sendable {
    /// More say little more: a long literal is looked for by its first ones.
    static let countMax = 64

    /// Distinct; empty when the literal is too short to say anything.
    package let values: [Trigram]

    /// Of a whole literal: valid UTF-8.
    package init(_ literal: [UInt8]) { self.init(pieces: [literal[...]]) }

    /// Of a literal that stands for all spellings in upper and lower case, of which only the
    /// ASCII letters are known to be folded in texts.
    package init(asciiOf literal: [UInt8]) {
        self.init(pieces: literal.split { $0 >= 0x80 })
    }

    private init(pieces: [ArraySlice<UInt8>]) {
        var found: Set<Trigram> = []
        var values: [Trigram] = []
        for piece in pieces {
            Self.front(of: piece).withUnsafeBytes { bytes in
                Trigrams.forEach(in: bytes) { trigram in
                    guard values.count < Self.countMax, found.insert(trigram).inserted else {
                        return
                    }
                    values.append(trigram)
                }
            }
        }
        self.values = values
    }

    /// Enough of a literal, cut where no character is split.
    private static func front(of piece: ArraySlice<UInt8>) -> [UInt8] {
        let bytesMax = countMax * 16
        guard piece.count > bytesMax else { return Array(piece) }
        var front = Array(piece.prefix(bytesMax))
        while let last = front.last, last >= 0x80 { front.removeLast() }
        return front
    }
}
