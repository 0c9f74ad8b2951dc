import Access
import ChromaModel
import Platform
import Telemetry
import TenantStorage
import VectorIndex

extension TenantEngineHost {
    package func query(
        _ request: QueryRequest, in collection: CollectionID, in scope: DatabaseScope
    ) async throws -> [[RecordView]] {
        let queries = (0..<request.embeddings.rowCount).map {
            PreparedQuery(request.embeddings, row: $0)
        }
        let sections =
            .ids | .orders | .embeddingSums | .inverseNorms | request.selection.sectionsNeeded
            | request.include.sectionsNeeded
        return try await reading(collection, scope, sections) { engine, found, records, deadline in
            let state = found.state
            guard let dimension = state.dimension else { return queries.map { _ in [] } }
            for query in queries where query?.dimension != dimension {
                throw ServiceError.wrongDimension(expected: dimension, got: query?.dimension ?? 0)
            }
            let snapshot = records.snapshot()
            try request.checkResults(among: snapshot.liveCount)
            try await engine.openIndexes(of: records, state.settings.space)
            let task = QueryTask(
                request: request, records: records, space: state.settings.space,
                indexes: engine.indexes,
                refusesUnknownIDs: configuration.refusesUnknownQueryIDs, deadline: deadline)
            let isBounded = request.isBounded(in: snapshot, engine.indexes, state.settings.space)
            let cost = isBounded ? found.searchCosts.cost(of: request) : nil
            return try await checkingEmbeddings(of: found, in: snapshot, engine) {
                try await answer(
                    queries.compactMap { $0 }, by: task, expecting: cost, of: engine, collection,
                    scope)
            }
        }
    }

    /// Calls `search`, which checks the embeddings that it reads; again when it needs all of them
    /// checked, or met damage: then reading all says what is wrong. The rest is checked behind it.
    private func checkingEmbeddings<Answer>(
        of collection: Collection, in snapshot: RecordSnapshot, _ engine: TenantEngine,
        _ search: () async throws -> Answer
    ) async throws -> Answer {
        do {
            let answer = try await search()
            engine.checkRest(of: collection, in: snapshot)
            return answer
        } catch is UncheckedRows {
            _ = try await engine.records(of: collection, needing: .embeddings)
            return try await search()
        }
    }

    /// Calls `body` on a search thread with a collection's records, and when it is to end.
    ///
    /// - Parameters:
    ///   - sections: what `body` reads of segments.
    ///   - cost: which of the collection's costs is that of such searches, for one that may be
    ///     run by this thread; else nil.
    func search<Result: Sendable>(
        _ id: CollectionID, _ scope: DatabaseScope, reading sections: SectionSet,
        expecting cost: ((SearchCosts) -> RecentCost)? = nil,
        _ body: @escaping @Sendable (CollectionRecords, SearchDeadline) throws -> Result
    ) async throws -> Result {
        return try await reading(id, scope, sections) { engine, found, records, deadline in
            let cost = cost.map { $0(found.searchCosts) }
            return try await job(of: engine, id, scope, until: deadline, expecting: cost) {
                try body(records, deadline)
            }
        }
    }

    /// Queries of a job: it is to hold a thread, when others want one, for a ms or so.
    private static let queriesPerJobMax = 8

    /// One query is one job. Several are divided among as many jobs as may run at once, once
    /// what the filter selects is known.
    private func answer(
        _ queries: [PreparedQuery], by task: QueryTask, expecting cost: RecentCost?,
        of engine: TenantEngine, _ id: CollectionID, _ scope: DatabaseScope
    ) async throws -> [[RecordView]] {
        guard queries.count > 1, searches.coresMax > 1 else {
            return try await job(of: engine, id, scope, until: task.deadline, expecting: cost) {
                try task.select().answers(to: queries)
            }
        }
        let search = try await job(of: engine, id, scope, until: task.deadline) {
            try task.select()
        }
        let share = min(
            (queries.count + searches.coresMax - 1) / searches.coresMax, Self.queriesPerJobMax)
        return try await withThrowingTaskGroup(of: (Int, [[RecordView]]).self) { group in
            for start in stride(from: 0, to: queries.count, by: share) {
                let some = Array(queries[start..<min(start + share, queries.count)])
                group.addTask { [self] in
                    let answers = try await job(of: engine, id, scope, until: task.deadline) {
                        try search.answers(to: some)
                    }
                    return (start, answers)
                }
            }
            var answers: [(Int, [[RecordView]])] = []
            for try await some in group { answers.append(some) }
            return answers.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
    }

    /// Runs `body` when it is the tenant's turn, and counts what it took.
    ///
    /// - Parameter cost: of searches like it; nil for one that needs a thread in any case.
    private func job<Result: Sendable>(
        of engine: TenantEngine, _ id: CollectionID, _ scope: DatabaseScope,
        until deadline: SearchDeadline, expecting cost: RecentCost? = nil,
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        let measured = MeasuredSearch(
            resources, in: engine, of: engine.activity(for: scope), id, cost)
        return try await searches.run(
            for: engine.tenant, isShort: cost?.isShort ?? false, until: deadline
        ) {
            try measured.run(&$0, body)
        }
    }

    /// Calls `body` with a collection, its records and when their search is to end, counted as
    /// one of the collection's readers.
    private func reading<Result: Sendable>(
        _ id: CollectionID, _ scope: DatabaseScope, _ sections: SectionSet,
        _ body: (TenantEngine, Collection, CollectionRecords, SearchDeadline) async throws ->
            Result
    ) async throws -> Result {
        let start = resources.time.monotonicNanoseconds()
        return try await gate.pass(.concurrentReadsPerCollection, of: id, in: scope) {
            try await withCollection(id, scope) { engine, found in
                let records = try await engine.records(of: found, needing: sections)
                engine.activity(for: scope).reads.add()
                let deadline = SearchDeadline(
                    secondsMax: configuration.searchSecondsMax, since: start, in: found,
                    time: resources.time)
                return try await body(engine, found, records, deadline)
            }
        }
    }
}

extension QueryRequest {
    /// Results that one request may ask for, its queries together: the answer is made in memory.
    private static var resultsMax: Int { 1_000_000 }

    /// Throws `invalidArgument` when the queries together would find too much.
    fileprivate func checkResults(among rows: Int) throws(ServiceError) {
        let results = embeddings.rowCount.multipliedReportingOverflow(by: min(resultCount, rows))
        guard results.overflow || results.partialValue > Self.resultsMax else { return }
        throw .invalid(
            """
            \(embeddings.rowCount) queries of \(min(resultCount, rows)) results each are more \
            than the \(Self.resultsMax) results of one request. Send fewer queries at once.
            """)
    }
}
