import ChromaModel
import Logging
import NIOPosix
import Platform
import TenantStorage

extension TenantEngine {
    /// A collection's records, those sections of its segments checked.
    ///
    /// The first time that reads files, on a thread for that; whoever asks meanwhile waits for
    /// the same reading. Later it takes no time.
    ///
    /// - Throws: `unavailable` when a segment is gone, unreadable or damaged, `notFound` when
    ///   the collection was deleted meanwhile.
    func records(of collection: Collection, needing sections: SectionSet) async throws
        -> CollectionRecords
    {
        while true {
            let access = collection.contents.access(sections, at: now) {
                Task { [self] in
                    defer { collection.contents.readingEnded() }
                    try await resources.readingThreads.runIfActive {
                        _ = self.read(sections, of: collection)
                    }
                }
            }
            switch access {
            case .ready(let records): return records
            case .refused(let refusal): throw refusal
            case .wait(let reading): try await reading.value
            }
            guard isThere(collection) else {
                throw ServiceError.noCollection(id: collection.id.description)
            }
        }
    }

    /// Gets what applying the proposal will read, so that applying needs no errors.
    func prepare(_ proposal: Proposal) async throws {
        switch proposal {
        case .writeRecords(let id, let database, let operation, _, _):
            try await prepare(id, in: database, operation.sectionsNeeded)
        case .deleteRecords(let id, let database, _, _):
            try await prepare(id, in: database, .rows)
        case .commitTransaction(let id, let database, let transaction, _, _):
            try await prepare(id, in: database, transaction.changes.sectionsNeeded)
        default: break
        }
    }

    /// Reads sections of a collection now. Blocking.
    ///
    /// - Returns: nil when they can't be read, which is noted then.
    @discardableResult
    func read(_ sections: SectionSet, of collection: Collection) -> CollectionRecords? {
        let contents = collection.contents
        do throws(StorageError) {
            let wasDamaged = contents.damage != nil
            let records = try readingTwice { () throws(StorageError) in
                wasDamaged ? try contents.readAgain() : try contents.read(sections)
            }
            contents.note(nil)
            return records
        } catch {
            note(error, of: collection)
            return nil
        }
    }

    /// Has the embeddings checked that no search has touched, in the background: once for each
    /// segment. Costs nothing when there are none.
    func checkRest(of collection: Collection, in snapshot: RecordSnapshot) {
        guard !snapshot.hasWholeEmbeddings else { return }
        for segment in snapshot.segments where segment.takeRest() {
            // Who closes the tenant doesn't wait for it.
            resources.indexThreads.submit { [weak self, weak segment] stage in
                guard stage == .active else { return }
                ThreadPriority.background.take()
                do throws(StorageError) {
                    var next: Int? = 0
                    while let block = next, let segment {
                        next = try segment.checkRest(from: block)
                    }
                } catch {
                    // Reads it again, as who needs all of it would, and notes what is wrong.
                    self?.read(.embeddings, of: collection)
                }
            }
        }
    }

    /// Notes that a collection can't be served, and tells the operator once.
    func note(_ error: StorageError, of collection: Collection) {
        // Segments of a deleted collection are removed while it may still be read.
        guard isThere(collection) else { return }
        let damage = CollectionContents.Damage(
            error: error, refusal: .damaged(collection.state.name, of: tenant, cause: error),
            time: now)
        guard collection.contents.note(damage) else { return }
        resources.logger.error(
            "collection cannot be served; its files are untouched, all others are served",
            metadata: [
                "tenant": "\(tenant)", "collection": "\(collection.id)", "error": "\(error)",
                "hint": "stop the server and run: tessera scrub --tenant \(tenant) --repair",
            ])
    }

    private func prepare(
        _ id: CollectionID, in database: DatabaseID, _ sections: SectionSet
    ) async throws {
        // One that isn't there is refused by the sequencer.
        guard let found = withDirectory({ $0.collection(id, in: database) }) else { return }
        _ = try await records(of: found, needing: sections)
    }

    private func isThere(_ collection: Collection) -> Bool {
        withDirectory { $0.collection(collection.id) } === collection
    }

    private var now: UInt64 { resources.time.monotonicNanoseconds() }
}

extension ServiceError {
    /// A segment of the collection is gone, unreadable or damaged.
    static func damaged(
        _ name: CollectionName, of tenant: TenantID, cause: StorageError
    ) -> ServiceError {
        ServiceError(
            .unavailable,
            "Collection '\(name.value)' cannot be served: its stored data is damaged. An operator "
                + "can repair it: tessera scrub --tenant \(tenant) --repair",
            cause: cause)
    }
}
