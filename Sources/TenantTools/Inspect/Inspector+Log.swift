import ChromaModel
import TenantStorage

extension Inspector {
    func reportLog(_ path: String) throws -> FileReport {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let log = try LogExaminer.examine(
            path, tenant: tenant(of: path), number: LogFormat.fileNumber(name),
            fileSystem: fileSystem)
        var report = FileReport(path, "log file")
        report.add("tenant", log.tenant)
        report.add("number", log.number)
        report.add("bytes", log.byteCount)
        report.add("groups", log.frames.count)
        report.add("entries", log.entries.count)
        report.add("positions", log.entries.isEmpty ? "none" : "\(log.first)-\(log.last)")
        if let end = log.tornEnd {
            report.add("torn_end", "\(end.count) bytes at \(end.lowerBound)")
        }
        report.add(
            "entries", ["position", "offset", "bytes", "kind", "collection", "records"],
            limit: options.rowsMax, log.entries.lazy.map(Self.row))
        if options.showsRecords {
            report.add(
                "records", RecordRow.columns, limit: options.rowsMax,
                log.entries.lazy.flatMap { Self.records($0) })
        }
        report.findings = log.findings
        return report
    }

    /// How far the log was acknowledged.
    func reportMark(_ path: String) throws -> FileReport {
        var report = FileReport(path, "acknowledged mark")
        guard let tenant = tenant(of: path) else {
            throw ServiceError.invalid(
                "A mark's checksum needs its tenant: leave it in its place, or pass --tenant-id.")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        let directory = String(path.dropLast(name.count))
        let mark = AcknowledgedMark(
            fileSystem: fileSystem, directory: directory.isEmpty ? "." : directory.trimmingSlashes,
            tenant: tenant)
        report.add("tenant", tenant)
        switch try mark.read() {
        case .none: report.add("position", "none")
        case .unreadable:
            report.findings = [
                Finding(.derivable, path, "it fails its checksum; nothing relies on it")
            ]
        case .end(let end):
            report.add("position", end.last)
            report.add("log_file", end.fileNumber)
            report.add("offset", end.offset)
        }
        return report
    }

    private static func row(_ entry: LogExamination.Entry) -> [String] {
        let (collection, records): (CollectionID?, Int?) =
            switch entry.content {
            case .recordsWritten(let id, _, let batch)?: (id, batch.ids.count)
            case .recordsDeleted(let id, let ids)?: (id, ids.count)
            case .transactionCommitted(let id, let changes)?:
                (id, changes.reduce(0) { $0 + $1.ids.count })
            case .collectionCreated(let id, _, _, _, _)?, .collectionModified(let id, _)?,
                .collectionDeleted(let id)?, .collectionForked(_, let id, _)?:
                (id, nil)
            default: (nil, nil)
            }
        return [
            "\(entry.position)", "\(entry.offset)", "\(entry.byteCount)", entry.kind,
            collection?.description ?? "-", records.map(String.init) ?? "-",
        ]
    }

    private static func records(_ entry: LogExamination.Entry) -> [[String]] {
        let place = "\(entry.position)"
        switch entry.content {
        case .recordsDeleted(_, let ids)?: return cells(of: .delete(ids), at: place)
        case .recordsWritten(_, let operation, let batch)?:
            return cells(of: .write(operation, batch), at: place)
        case .transactionCommitted(_, let changes)?:
            return changes.flatMap { cells(of: $0, at: place) }
        default: return []
        }
    }

    private static func cells(of change: RecordChange, at place: String) -> [[String]] {
        switch change {
        case .delete(let ids):
            ids.map { RecordRow(place, $0, nil, nil, nil, []).cells }
        case .write(_, let batch):
            batch.ids.indices.map { index in
                RecordRow(
                    place, batch.ids[index], batch.documents?[index], batch.uris?[index],
                    (batch.metadatas?[index]).map { "\($0.changes.map(Self.text))" },
                    batch.embeddings?.withRow(index) { Array($0 ?? .init(start: nil, count: 0)) }
                        ?? []
                ).cells
            }
        }
    }

    private static func text(_ change: MetadataPatch.Change) -> String {
        "\(change.key)=\(change.value.map { "\($0)" } ?? "removed")"
    }
}

/// One record in a table that was asked to show records.
struct RecordRow {
    static let columns = ["place", "id", "document", "uri", "metadata", "embedding"]

    let cells: [String]

    init(
        _ place: String, _ id: RecordID, _ document: String?, _ uri: String?,
        _ metadata: String?, _ embedding: [Float]
    ) {
        cells = [
            place, id.value, document ?? "-", uri ?? "-", metadata ?? "-",
            embedding.isEmpty ? "-" : "\(embedding)",
        ]
    }
}
