import Platform
import Synchronization

/// Reads of a mapped file whose bytes may be bad.
///
/// A bad sector or a missing end is an error here, where through the map it would be a signal
/// that ends the process. What was read lies in the system's cache, where the map finds it.
struct CheckedReads: Sendable {
    /// Small enough to be in the processor's cache still when it is summed.
    private static let pieceBytes = 256 << 10
    /// Asked of the disk before it is needed.
    private static let aheadBytes = 8 << 20

    let file: any MappedFile
    let path: String

    var byteCount: Int { file.bytes.count }

    /// Some bytes of the file.
    ///
    /// - Throws: `StorageError.corrupt` when the file ends before them.
    func bytes(_ range: Range<Int>) throws(StorageError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: range.count)
        try read(range.lowerBound, into: &bytes, count: range.count)
        return bytes
    }

    /// The checksums of some ranges; when they are long, as many threads read them as there are
    /// cores.
    func checksums(_ ranges: [Range<Int>]) throws(StorageError) -> [UInt32] {
        guard ranges.reduce(0, { $0 + $1.count }) > Self.shareBytes else {
            var sums: [UInt32] = []
            for range in ranges { sums.append(try checksum(range)) }
            return sums
        }
        let shares = ranges.enumerated().flatMap { index, range in
            stride(from: range.lowerBound, to: range.upperBound, by: Self.shareBytes).map {
                Share(of: index, $0..<min($0 + Self.shareBytes, range.upperBound))
            }
        }
        let found = try sums(of: shares)
        var sums = [UInt32](repeating: 0, count: ranges.count)
        for (share, sum) in zip(shares, found) {
            sums[share.index] = crc32c(sums[share.index], followedBy: sum, of: share.range.count)
        }
        return sums
    }

    /// What one thread reads in one go: enough for the disk to be busy with it.
    private static let shareBytes = 2 << 20

    private struct Share: Sendable {
        /// Of its range among all.
        let index: Int
        let range: Range<Int>

        init(of index: Int, _ range: Range<Int>) {
            self.index = index
            self.range = range
        }
    }

    private typealias Sum = Result<UInt32, StorageError>

    /// What several threads find.
    private final class Sums: Sendable {
        private let sums: Mutex<[Sum]>
        init(_ count: Int) { sums = Mutex([Sum](repeating: .success(0), count: count)) }
        var all: [Sum] { sums.withLock { $0 } }
        func set(_ place: Int, to sum: Sum) { sums.withLock { $0[place] = sum } }
    }

    private func sums(of shares: [Share]) throws(StorageError) -> [UInt32] {
        let sums = Sums(shares.count)
        StorageThreads.forEach(shares.count) { place in
            let range = shares[place].range
            sums.set(place, to: Sum { () throws(StorageError) in try checksum(range) })
        }
        var found: [UInt32] = []
        for sum in sums.all { found.append(try sum.get()) }
        return found
    }

    private func checksum(_ range: Range<Int>) throws(StorageError) -> UInt32 {
        var piece = [UInt8](repeating: 0, count: min(range.count, Self.pieceBytes))
        var checksum: UInt32 = 0
        var start = range.lowerBound
        var asked = start
        while start < range.upperBound {
            let count = min(range.upperBound - start, piece.count)
            askAhead(of: start, in: range, &asked)
            try read(start, into: &piece, count: count)
            checksum = piece.withUnsafeBytes {
                crc32c(UnsafeRawBufferPointer(rebasing: $0[..<count]), seed: checksum)
            }
            start += count
        }
        return checksum
    }

    /// The system takes only so much advice at once, so it is given piece by piece.
    private func askAhead(of start: Int, in range: Range<Int>, _ asked: inout Int) {
        while asked < min(range.upperBound, start + Self.aheadBytes) {
            let end = min(range.upperBound, asked + Self.pieceBytes)
            file.willRead(asked..<end)
            asked = end
        }
    }

    private func read(_ start: Int, into bytes: inout [UInt8], count: Int) throws(StorageError) {
        let got = try bytes.withMutableRawBytes { (buffer) throws(StorageError) in
            let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
            return try io { () throws(FileError) in
                try file.read(into: wanted, at: UInt64(start))
            }
        }
        guard got == count else {
            throw .corrupt(file: path, offset: UInt64(start + got), "the file ends here")
        }
    }
}
