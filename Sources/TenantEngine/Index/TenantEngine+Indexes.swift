import ChromaModel
import NIOPosix
import TenantStorage

extension TenantEngine {
    /// Opens the indexes of a collection's segments, those that nobody has asked for before.
    /// Later it takes no time.
    ///
    /// - Throws: when the threads for that are gone, since the host is closing.
    func openIndexes(of records: CollectionRecords, _ space: DistanceSpace) async throws {
        let unknown = records.snapshot().segments.filter { indexes.isUnknown($0) }
        guard !unknown.isEmpty else { return }
        try await resources.readingThreads.runIfActive { [self] in
            for rows in unknown { indexes.open(rows, space: space, isWanted: isReading) }
        }
    }

    /// Has indexes built of what is in segments now.
    func indexWhatIsSealed() {
        for collection in withDirectory({ $0.all }) {
            guard let records = collection.contents.records else { continue }
            for rows in records.snapshot().segments {
                indexes.request(
                    rows, space: collection.state.settings.space, isWanted: isReading)
            }
        }
    }

    /// Whether a collection reads these rows.
    private var isReading: @Sendable (SegmentPart) -> Bool {
        { [weak self] part in
            guard let self else { return false }
            return withDirectory { $0.all }.contains { collection in
                guard let records = collection.contents.records else { return false }
                return records.snapshot().segments.contains { $0.part == part }
            }
        }
    }
}
