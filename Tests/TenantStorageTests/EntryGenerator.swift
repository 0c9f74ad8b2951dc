import ChromaModel
import TenantStorage
import TestSupport
import Usage

/// Random log entries: every kind, every metadata type, absent rows, awkward texts.
struct EntryGenerator {
    let random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    static let kindCount = 9

    /// Empty, twins of one letter, NUL, long, and astral texts among plain ones.
    private static let texts = [
        "", "a", "e\u{301}", "\u{e9}", "\u{0}", "日本語", "😀\u{200D}👩", "\u{FFFF}",
        "plain text", String(repeating: "long ", count: 60), "\r\n", "\u{202E}bidi",
    ]

    func entry(kind: Int) -> LogEntry {
        switch kind {
        case 0:
            .collectionCreated(
                id: CollectionID(id()), database: DatabaseID(id()), name: CollectionName(text()),
                metadata: maybe(metadata), settings: settings())
        case 1: .collectionModified(id: CollectionID(id()), change: change())
        case 2: .collectionDeleted(id: CollectionID(id()))
        case 3: .databaseDropped(DatabaseID(id()))
        case 4:
            .collectionForked(
                source: CollectionID(id()), id: CollectionID(id()), name: CollectionName(text()))
        case 5:
            .transactionCommitted(
                collection: CollectionID(id()),
                changes: list {
                    coin()
                        ? .delete(ids(random.below(5)))
                        : .write(WriteOperation.allCases[random.below(3)], batch())
                })
        case 6:
            .recordsWritten(
                collection: CollectionID(id()),
                operation: WriteOperation.allCases[random.below(4)], batch: batch())
        case 7:
            .charged(
                WriteCharges(
                    milliseconds: random.next(),
                    charges: list {
                        WriteCharge(
                            database: DatabaseID(id()), collection: CollectionID(id()),
                            credential: UsageCredential(text()),
                            meter: Meter.allCases[random.below(Meter.allCases.count)],
                            quantity: random.next())
                    }))
        default: .recordsDeleted(collection: CollectionID(id()), ids: ids(random.below(5)))
        }
    }

    private func id() -> UniqueID { UniqueID(high: random.next(), low: random.next()) }
    private func text() -> String { Self.texts[random.below(Self.texts.count)] }
    private func ids(_ count: Int) -> [RecordID] { (0..<count).map { _ in RecordID(text()) } }
    private func coin() -> Bool { random.below(2) == 0 }
    private func maybe<Value>(_ value: () -> Value) -> Value? { coin() ? value() : nil }
    private func list<Value>(_ value: () -> Value) -> [Value] {
        (0..<random.below(4)).map { _ in value() }
    }

    private func settings() -> CollectionSettings {
        CollectionSettings(
            space: DistanceSpace.allCases[random.below(3)], configurationJSON: text(),
            schemaJSON: text())
    }

    private func change() -> CollectionChange {
        CollectionChange(
            name: maybe { CollectionName(text()) },
            metadata: coin() ? nil : .some(maybe(metadata)), settings: maybe(settings))
    }

    private func batch() -> RecordBatch {
        let count = random.below(6)
        return RecordBatch(
            ids: ids(count), embeddings: maybe { matrix(count) },
            documents: maybe { (0..<count).map { _ in maybe(text) } },
            uris: maybe { (0..<count).map { _ in maybe(text) } },
            metadatas: maybe { (0..<count).map { _ in maybe(patch) } })
    }

    /// Rows may be absent, all of them too.
    private func matrix(_ count: Int) -> EmbeddingMatrix {
        let dimension = 1 + random.below(9)
        let hasAbsent = coin()
        return .rows(
            (0..<count).map { _ in
                hasAbsent && coin() ? nil : (0..<dimension).map { _ in float() }
            })
    }

    private func float() -> Float {
        [random.unitFloat(), 0, -0.0, .greatestFiniteMagnitude, .leastNonzeroMagnitude][
            random.below(5)]
    }

    private func double() -> Double {
        [Double(random.unitFloat()), -0.0, 0x1p53 + 2, .greatestFiniteMagnitude, 5e-324, 1][
            random.below(6)]
    }

    private func int() -> Int64 {
        [Int64(truncatingIfNeeded: random.next()), .min, .max, 0, -1][random.below(5)]
    }

    private func metadata() -> Metadata {
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
}
