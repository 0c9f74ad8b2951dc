/// A file's bytes: as the disk has them, as the cache has them, and what lies between.
struct SimulatedFileData: Sendable {
    enum Change: Sendable {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)
    }

    private(set) var durable: [UInt8] = []
    private(set) var cached: [UInt8] = []
    private var unsynced: [Change] = []

    mutating func change(_ change: Change) {
        Self.apply(change, to: &cached)
        unsynced.append(change)
    }

    mutating func sync() {
        // Not `durable = cached`: what an earlier failed sync dropped stays dropped.
        for change in unsynced { Self.apply(change, to: &durable) }
        unsynced = []
    }

    /// A sync that failed: the cache keeps the data and thinks it clean; the disk lacks it.
    /// Cut sizes are journalled, so they stay to be written.
    mutating func failSync() {
        unsynced.removeAll { if case .write = $0 { true } else { false } }
    }

    /// The disk may not have the byte yet.
    mutating func flipBit(_ bit: Int) {
        if durable.indices.contains(bit / 8) { durable[bit / 8] ^= 1 << UInt8(bit % 8) }
        cached[bit / 8] ^= 1 << UInt8(bit % 8)
    }

    /// Becomes what the disk holds after a power cut.
    mutating func crash(_ fate: inout CrashFate) {
        for change in unsynced { Self.crash(change, &durable, &fate) }
        cached = durable
        unsynced = []
    }

    private static func apply(_ change: Change, to bytes: inout [UInt8]) {
        switch change {
        case .truncate(let size): resize(&bytes, to: size)
        case .write(let offset, let written):
            if offset + written.count > bytes.count { resize(&bytes, to: offset + written.count) }
            bytes.replaceSubrange(offset..<(offset + written.count), with: written)
        }
    }

    private static func crash(_ change: Change, _ disk: inout [UInt8], _ fate: inout CrashFate) {
        switch (fate.ofChange(), change) {
        case (.dropped, _): break
        case (.kept, _), (.torn, .truncate): apply(change, to: &disk)
        case (.torn(let sectorBytes), .write(let offset, let bytes)):
            tear(bytes, at: offset, sectorBytes, &disk, &fate)
        }
    }

    /// Each sector of the write reaches the disk or not; the file may have grown without its
    /// data, which then reads as zeros.
    private static func tear(
        _ bytes: [UInt8], at offset: Int, _ sectorBytes: Int, _ disk: inout [UInt8],
        _ fate: inout CrashFate
    ) {
        let end = offset + bytes.count
        if fate.coin(), end > disk.count { resize(&disk, to: end) }
        var start = offset
        while start < end {
            let stop = min((start / sectorBytes + 1) * sectorBytes, end)
            if fate.coin() {
                let piece = Array(bytes[(start - offset)..<(stop - offset)])
                apply(.write(offset: start, bytes: piece), to: &disk)
            }
            start = stop
        }
    }

    private static func resize(_ bytes: inout [UInt8], to size: Int) {
        if size < bytes.count {
            bytes.removeLast(bytes.count - size)
        } else {
            bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
        }
    }
}
