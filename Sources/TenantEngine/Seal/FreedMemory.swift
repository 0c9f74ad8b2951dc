import CAllocator
import Synchronization

/// Has the allocator give back what rows in memory took before they were sealed.
final class FreedMemory: Sendable {
    /// Sealed log bytes, of all tenants, after which it is worth the walk over the free blocks.
    private static let bytesMin = 16 << 20

    private let sealedBytes = Atomic(0)

    /// A seal ended that no other follows at once, of so many bytes of log. Blocking.
    func sealed(_ bytes: Int) {
        let gathered = sealedBytes.add(bytes, ordering: .relaxed).newValue
        guard gathered >= Self.bytesMin else { return }
        sealedBytes.store(0, ordering: .relaxed)
        ta_trim()
    }
}
