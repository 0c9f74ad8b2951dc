import Access
import ChromaModel
import TestSupport
import Usage

/// Random values of everything that crosses: every kind, nil and empty, awkward texts and floats.
struct MessageGenerator {
    let random: SeededRandom

    /// Empty, twins of one letter, NUL, long, and astral texts among plain ones.
    private static let texts = [
        "", "a", "e\u{301}", "\u{e9}", "\u{0}", "日本語", "😀\u{200D}👩", "\u{FFFF}",
        "plain text", String(repeating: "long ", count: 60), "\r\n", "\u{202E}bidi",
    ]

    func id<ID: TypedID>() -> ID { ID(UniqueID(high: random.next(), low: random.next())) }
    func text() -> String { Self.texts[random.below(Self.texts.count)] }
    func coin() -> Bool { random.below(2) == 0 }
    func maybe<Value>(_ value: () -> Value) -> Value? { coin() ? value() : nil }
    func list<Value>(_ value: () -> Value) -> [Value] {
        (0..<random.below(4)).map { _ in value() }
    }
    func one<Value>(of values: [Value]) -> Value { values[random.below(values.count)] }
    func number() -> Int { one(of: [0, 1, -1, .max, .min, random.below(1000)]) }
    private func ids(_ count: Int) -> [RecordID] { (0..<count).map { _ in RecordID(text()) } }

    // MARK: Scopes

    func tenantScope(_ receiver: ScopeReceiver) -> TenantScope {
        receiver.tenantScope(
            id(), TenantName(text()), quotas(), payer: UsageCredential(text()))
    }

    func databaseScope(_ receiver: ScopeReceiver) -> DatabaseScope {
        receiver.databaseScope(
            in: tenantScope(receiver), id(), DatabaseName(text()), quotas(),
            collections: maybe { CollectionPattern(text()) })
    }

    private func quotas() -> EffectiveQuotas {
        let pairs = list {
            (
                one(of: UsageType.allCases),
                EffectiveQuotas.Exception(
                    limit: number(), source: one(of: EffectiveQuotas.Source.allCases))
            )
        }
        return EffectiveQuotas(
            plan: one(of: Plan.allCases),
            exceptions: Dictionary(pairs) { first, _ in first })
    }

    // MARK: Collections

    func draft() -> CollectionDraft {
        CollectionDraft(
            name: CollectionName(text()), metadata: maybe(metadata), settings: settings())
    }

    func change() -> CollectionChange {
        CollectionChange(
            name: maybe { CollectionName(text()) },
            metadata: coin() ? nil : .some(maybe(metadata)), settings: maybe(settings),
            expectedSettings: maybe(settings))
    }

    func state() -> CollectionState {
        CollectionState(
            id: id(), database: id(), name: CollectionName(text()), metadata: maybe(metadata),
            settings: settings(), dimension: maybe(number), logPosition: random.next(),
            version: random.next(), createdAt: random.next(), root: maybe { id() },
            written: history(), indexed: history())
    }

    private func settings() -> CollectionSettings {
        CollectionSettings(
            space: one(of: DistanceSpace.allCases), configurationJSON: text(), schemaJSON: text())
    }

    private func history() -> WriteHistory {
        var keyTypes = KeyTypes()
        for _ in 0..<random.below(5) {
            keyTypes.learn(MetadataKey(text()), ValueTypeSet(rawValue: UInt8(random.below(32))))
        }
        return WriteHistory(operations: random.next(), keyTypes: keyTypes)
    }

    // MARK: Records

    func batch() -> RecordBatch {
        let count = random.below(6)
        return RecordBatch(
            ids: ids(count), embeddings: maybe { matrix(count) },
            documents: maybe { (0..<count).map { _ in maybe(text) } },
            uris: maybe { (0..<count).map { _ in maybe(text) } },
            metadatas: maybe { (0..<count).map { _ in maybe(patch) } })
    }

    /// Rows may be absent, all of them too.
    func matrix(_ count: Int) -> EmbeddingMatrix {
        let dimension = 1 + random.below(9)
        let hasAbsent = coin()
        return .rows(
            (0..<count).map { _ in
                hasAbsent && coin() ? nil : (0..<dimension).map { _ in float() }
            })
    }

    func transaction() -> RecordTransaction {
        RecordTransaction(
            readToken: maybe { random.next() }, readIDs: ids(random.below(4)),
            changes: list {
                coin()
                    ? .delete(ids(random.below(5)))
                    : .write(one(of: [.add, .update, .upsert]), batch())
            })
    }

    func get() -> GetRequest {
        GetRequest(
            selection: selection(), offset: number(), limit: maybe(number),
            include: Include(rawValue: UInt8(random.below(32))))
    }

    func query() -> QueryRequest {
        QueryRequest(
            embeddings: matrix(random.below(4)), selection: selection(), resultCount: number(),
            include: Include(rawValue: UInt8(random.below(32))))
    }

    func selection() -> RecordSelection {
        RecordSelection(ids: maybe { ids(random.below(4)) }, filter: maybe { filter(depth: 3) })
    }

    /// Lists as a query answers: embeddings of one dimension, members there or not.
    func lists() -> [[RecordView]] {
        let dimension = 1 + random.below(5)
        return list { (0..<random.below(5)).map { _ in view(dimension) } }
    }

    private func view(_ dimension: Int) -> RecordView {
        let matrix = EmbeddingMatrix.rows([(0..<dimension).map { _ in float() }])
        return RecordView(
            id: RecordID(text()), document: maybe(text), uri: maybe(text),
            metadata: maybe(metadata),
            embedding: maybe {
                matrix.withRow(0) { row in
                    row?.baseAddress.map {
                        EmbeddingView(owner: matrix, start: $0, dimension: dimension)
                    }
                }
            } ?? nil,
            distance: maybe(float))
    }

    private func filter(depth: Int) -> Where {
        switch random.below(depth == 0 ? 3 : 5) {
        case 0: .metadata(MetadataKey(text()), predicate())
        case 1: .document(one(of: documentPredicates()))
        case 2: .id(coin() ? .isIn(ids(random.below(3))) : .isNotIn(ids(random.below(3))))
        case 3: .all(list { filter(depth: depth - 1) })
        default: .any(list { filter(depth: depth - 1) })
        }
    }

    private func documentPredicates() -> [DocumentPredicate] {
        [
            .contains(text()), .doesNotContain(text()), .matches(regex: text()),
            .doesNotMatch(regex: text()),
        ]
    }

    private func predicate() -> MetadataPredicate {
        one(of: [
            .equal(scalar()), .notEqual(scalar()), .greater(filterNumber()),
            .greaterOrEqual(filterNumber()), .less(filterNumber()),
            .lessOrEqual(filterNumber()), .isIn(list(scalar)), .isNotIn(list(scalar)),
            .contains(scalar()), .doesNotContain(scalar()),
        ])
    }

    private func scalar() -> FilterScalar {
        one(of: [.string(text()), .bool(coin()), .number(filterNumber())])
    }

    private func filterNumber() -> FilterNumber { coin() ? .int(int()) : .float(double()) }

    // MARK: Metadata

    func metadata() -> Metadata {
        Metadata(list { MetadataEntry(MetadataKey(text()), value()) })
    }

    private func patch() -> MetadataPatch {
        MetadataPatch(list { MetadataPatch.Change(MetadataKey(text()), maybe(value)) })
    }

    private func value() -> MetadataValue {
        switch random.below(9) {
        case 0: .bool(coin())
        case 1: .int(int())
        case 2: .float(double())
        case 3: .string(text())
        case 4: .bools(list(coin))
        case 5: .ints(list(int))
        case 6: .floats(list(double))
        case 7: .strings(list(text))
        default: .sparse(sparse())
        }
    }

    private func sparse() -> SparseVector {
        let indices = [UInt32(0), 7, .max].prefix(random.below(4))
        return SparseVector(
            indices: Array(indices), values: indices.map { _ in float() },
            tokens: maybe { indices.map { _ in text() } })
    }

    private func float() -> Float {
        one(of: [
            random.unitFloat(), 0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude,
            Float(bitPattern: 0x7FC0_1234), -.infinity,
        ])
    }

    private func double() -> Double {
        one(of: [
            Double(random.unitFloat()), -0.0, 0x1p53 + 2, .greatestFiniteMagnitude, 5e-324,
            Double(bitPattern: 0x7FF8_0000_0000_4321),
        ])
    }

    private func int() -> Int64 {
        one(of: [Int64(truncatingIfNeeded: random.next()), .min, .max, 0, -1])
    }
}
