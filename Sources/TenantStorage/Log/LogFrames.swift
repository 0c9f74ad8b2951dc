/// Walks the frames of one log file in memory.
struct LogFrames {
    private let bytes: [UInt8]
    private let seed: UInt32

    /// Where the next frame begins: behind the last good one.
    private(set) var offset = LogFormat.headerBytes
    /// Bytes of the last good frame; of the file's header before the first.
    private(set) var lastFrame = 0..<LogFormat.headerBytes
    /// Position of the last entry of the last good frame.
    private(set) var last: LogPosition

    init(bytes: [UInt8], seed: UInt32, last: LogPosition) {
        self.bytes = bytes
        self.seed = seed
        self.last = last
    }

    /// The next frame's entries, each with its position and byte range; nil when there is no
    /// valid frame at `offset`.
    ///
    /// - Throws: `StorageError` for a frame whose checksum is right and whose content is not.
    mutating func next(path: String) throws(StorageError) -> [(LogPosition, Range<Int>)]? {
        guard let length = validLength(at: offset, first: last.next) else { return nil }
        let start = offset + LogFormat.frameHeaderBytes
        let entries = try entryRanges(start..<(start + length), path: path)
        var result: [(LogPosition, Range<Int>)] = []
        result.reserveCapacity(entries.count)
        for range in entries {
            last = last.next
            result.append((last, range))
        }
        lastFrame = offset..<(start + length)
        offset = start + length
        return result
    }

    /// Whether a good frame of this file begins anywhere behind `offset`. A frame is written
    /// only after the one before it was synced, so this tells damage from a torn end.
    func hasValidFrameBehind() -> Bool {
        guard bytes.count - offset > LogFormat.frameHeaderBytes else { return false }
        for candidate in (offset + 1)..<(bytes.count - LogFormat.frameHeaderBytes) {
            if validLength(at: candidate, first: nil) != nil { return true }
        }
        return false
    }

    /// Goes on at the next valid frame behind `offset`, as if the ones between were read; false,
    /// and nothing changed, when there is none. For reading past damage.
    mutating func skipToValidFrame() -> Bool {
        guard bytes.count - offset > LogFormat.frameHeaderBytes else { return false }
        for candidate in (offset + 1)..<(bytes.count - LogFormat.frameHeaderBytes)
        where validLength(at: candidate, first: nil) != nil {
            let position = bytes.withUnsafeBytes {
                UInt64(
                    littleEndian: $0.loadUnaligned(
                        fromByteOffset: candidate + 8, as: UInt64.self))
            }
            offset = candidate
            last = LogPosition(position - 1)
            return true
        }
        return false
    }

    /// Bytes behind the frame header of a valid frame; nil when there is none.
    ///
    /// - Parameter first: the position it must carry; nil for any later one.
    private func validLength(at place: Int, first: LogPosition?) -> Int? {
        guard bytes.count - place >= LogFormat.frameHeaderBytes else { return nil }
        return bytes.withUnsafeBytes { raw in
            func word<Value: FixedWidthInteger>(_ field: Int, _: Value.Type) -> Value {
                Value(
                    littleEndian: raw.loadUnaligned(
                        fromByteOffset: place + field, as: Value.self))
            }
            let length = Int(word(0, UInt32.self))
            let position = word(8, UInt64.self)
            guard length >= 4, length <= raw.count - place - LogFormat.frameHeaderBytes else {
                return nil
            }
            // Positions in one file are dense, which makes most false candidates cheap to reject.
            guard first.map({ $0.value == position })
                ?? (position > last.value && position - last.value <= UInt64(raw.count))
            else { return nil }
            let frame = UnsafeRawBufferPointer(
                rebasing: raw[place..<(place + LogFormat.frameHeaderBytes + length)])
            guard LogFormat.frameChecksum(frame, seed: seed) == word(4, UInt32.self) else {
                return nil
            }
            return length
        }
    }

    private func entryRanges(_ range: Range<Int>, path: String) throws(StorageError)
        -> [Range<Int>]
    {
        try bytes.withRawBytes { (raw) throws(StorageError) in
            var reader = ByteReader(UnsafeRawBufferPointer(rebasing: raw[range]))
            var ranges: [Range<Int>] = []
            let count: UInt32 = try reader.take()
            for _ in 0..<count {
                let length = Int(try reader.take(UInt32.self))
                let start = range.lowerBound + reader.position
                _ = try reader.takeRaw(length)
                ranges.append(start..<(start + length))
            }
            guard reader.remaining == 0 else {
                throw .corrupt(file: path, offset: UInt64(offset), "bytes behind the last entry")
            }
            return ranges
        }
    }
}
