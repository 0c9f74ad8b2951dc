/// Memory for `count` values of a trivial type, aligned to a cache line, zero at first.
///
/// Whoever holds the block may read and write it through `start`; who does both at once is the
/// business of its users, which divide it among themselves.
final class Block<Value: BitwiseCopyable>: @unchecked Sendable {
    // Safe to share: see above; the pointer itself never changes.
    private static var alignment: Int { 64 }

    let start: UnsafeMutablePointer<Value>
    let count: Int

    init(_ count: Int) {
        let byteCount = max(1, count) * MemoryLayout<Value>.stride
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: byteCount, alignment: Self.alignment)
        raw.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
        start = raw.assumingMemoryBound(to: Value.self)
        self.count = count
    }

    deinit { UnsafeMutableRawPointer(start).deallocate() }

    /// All of it as bytes. The block must be kept for as long as they are used.
    func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withExtendedLifetime(self) {
            body(UnsafeRawBufferPointer(start: start, count: count * MemoryLayout<Value>.stride))
        }
    }

    subscript(index: Int) -> Value {
        @inline(__always) get { start[index] }
        @inline(__always) set { start[index] = newValue }
    }
}
