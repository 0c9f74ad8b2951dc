/// A dictionary of bounded size that forgets what was not asked for lately.
///
/// Two generations: when the young one is full it becomes the old one and the old one is
/// dropped. What is found in the old one moves to the young one, so a flood of keys that are
/// asked for once cannot push out the ones in use.
///
/// What each request calls is inlinable: other modules compile it for their own types.
package struct BoundedCache<Key: Hashable, Value> {
    @usableFromInline let generationMax: Int
    @usableFromInline var young: [Key: Value] = [:]
    @usableFromInline var old: [Key: Value] = [:]

    /// - Parameter countMax: entries at most.
    package init(countMax: Int) { generationMax = max(1, countMax / 2) }

    package var count: Int { young.count + old.count }

    @inlinable
    package mutating func find(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        insert(value, for: key)
        return value
    }

    @inlinable
    package mutating func insert(_ value: Value, for key: Key) {
        if young.count >= generationMax {
            old = young
            young = [:]
        }
        old[key] = nil
        young[key] = value
    }

    package mutating func remove(_ key: Key) {
        young[key] = nil
        old[key] = nil
    }

    package mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
