/// A directory's entries: as the disk has them, as the cache has them, and what lies between.
struct SimulatedDirectory: Sendable {
    enum Change: Sendable {
        case link(String, inode: Int)
        case unlink(String)
        case rename(String, to: String, inode: Int)
    }

    private(set) var durable: [String: Int] = [:]
    private(set) var cached: [String: Int] = [:]
    private var unsynced: [Change] = []

    mutating func change(_ change: Change) {
        Self.apply(change, to: &cached)
        unsynced.append(change)
    }

    mutating func sync() {
        for change in unsynced { Self.apply(change, to: &durable) }
        unsynced = []
    }

    /// Becomes what the disk holds after a power cut. Dropping a change and keeping a later one
    /// is what reordering looks like.
    mutating func crash(_ fate: inout CrashFate) {
        for change in unsynced where fate.keepsEntry() { Self.apply(change, to: &durable) }
        cached = durable
        unsynced = []
    }

    private static func apply(_ change: Change, to entries: inout [String: Int]) {
        switch change {
        case .link(let name, let inode): entries[name] = inode
        case .unlink(let name): entries[name] = nil
        case .rename(let source, let target, let inode):
            entries[source] = nil
            entries[target] = inode
        }
    }
}
