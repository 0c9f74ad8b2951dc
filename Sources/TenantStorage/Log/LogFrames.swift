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
    /// only after the one before it was synced, so this tells damage from a torn end. True as
    /// well when that cannot be found out: then nothing may be cut off.
    func mayHaveValidFrameBehind() -> Bool {
        switch search() {
        case .found, .gaveUp: true
        case .none: false
        }
    }

    /// Goes on at the next valid frame behind `offset`, as if the ones between were read; false,
    /// and nothing changed, when there is none. For reading past damage.
    mutating func skipToValidFrame() -> Bool {
        guard case .found(let place) = search() else { return false }
        let position = bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
        }
        offset = place
        last = LogPosition(position - 1)
        return true
    }

    private enum Search {
        case found(Int)
        case none
        case gaveUp
    }

    /// How many times the file's bytes a search may checksum. Chance never comes near; records
    /// that were made to look like frames would make it quadratic.
    private static let searchFactor = 16

    private func search() -> Search {
        let end = bytes.count - LogFormat.frameHeaderBytes
        guard offset + 1 < end else { return .none }
        var budget = bytes.count * Self.searchFactor
        for candidate in (offset + 1)..<end {
            guard let length = plausibleLength(at: candidate, first: nil) else { continue }
            budget -= length
            guard budget >= 0 else { return .gaveUp }
            if hasRightChecksum(at: candidate, length: length) { return .found(candidate) }
        }
        return .none
    }

    /// Bytes behind the frame header of a valid frame; nil when there is none.
    ///
    /// - Parameter first: the position it must carry; nil for any later one.
    private func validLength(at place: Int, first: LogPosition?) -> Int? {
        guard let length = plausibleLength(at: place, first: first),
            hasRightChecksum(at: place, length: length)
        else { return nil }
        return length
    }

    /// The length that a frame header claims, if a frame with that header can be there.
    private func plausibleLength(at place: Int, first: LogPosition?) -> Int? {
        guard bytes.count - place >= LogFormat.frameHeaderBytes else { return nil }
        return bytes.withUnsafeBytes { raw in
            let length = Int(
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
            let position = UInt64(
                littleEndian: raw.loadUnaligned(fromByteOffset: place + 8, as: UInt64.self))
            guard length >= 4, length <= raw.count - place - LogFormat.frameHeaderBytes else {
                return nil
            }
            // Positions in one file are dense, which makes most false candidates cheap to reject.
            let isPlausible =
                first.map { $0.value == position }
                ?? (position > last.value && position - last.value <= UInt64(raw.count))
            return isPlausible ? length : nil
        }
    }

    private func hasRightChecksum(at place: Int, length: Int) -> Bool {
        bytes.withUnsafeBytes { raw in
            let frame = UnsafeRawBufferPointer(
                rebasing: raw[place..<(place + LogFormat.frameHeaderBytes + length)])
            let checksum = frame.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
            return LogFormat.frameChecksum(frame, seed: seed) == UInt32(littleEndian: checksum)
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
