import TenantStorage

/// Reads the segments again that are to be merged, so that a bit that went bad since they were
/// opened is not copied into a new segment under a new checksum.
struct MergeCheck {
    /// Whether nobody writes.
    let isQuiet: Bool
    /// Called once for each collection that can't be merged.
    let onDamage: (Collection, StorageError) -> Void
    /// Forks share segments.
    private var errors: [Part.Rows.Place: StorageError?] = [:]

    init(isQuiet: Bool, onDamage: @escaping (Collection, StorageError) -> Void) {
        self.isQuiet = isQuiet
        self.onDamage = onDamage
    }

    /// The parts to be put into one new segment; those in memory alone when others are damaged.
    mutating func partsToSeal(of captured: CapturedCollection) -> Range<Int> {
        guard captured.collection.contents.damage == nil else { return captured.partsInMemory }
        let range = captured.partsToSeal(isQuiet: isQuiet)
        for part in captured.parts[range] {
            guard let error = error(in: part.rows) else { continue }
            onDamage(captured.collection, error)
            return captured.partsInMemory
        }
        return range
    }

    private mutating func error(in rows: Part.Rows) -> StorageError? {
        guard case .segment(let sections) = rows else { return nil }
        if let known = errors[rows.place] { return known }
        var found: StorageError?
        do throws(StorageError) {
            try readingTwice { () throws(StorageError) in
                if sections.has(.rows) {
                    try sections.recheck(.rows)
                } else {
                    try sections.require(.rows)
                }
            }
        } catch { found = error }
        errors[rows.place] = .some(found)
        return found
    }
}
