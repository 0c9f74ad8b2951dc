import ChromaModel
import Platform
import TenantStorage

extension TenantSurvey {
    /// Checks every byte of the segments that the checkpoint names.
    mutating func surveySegments() throws(StorageError) {
        guard let checkpoint else { return }
        let named = checkpoint.segments
        let names = try list(files.segments)
        for name in names {
            let path = files.segments + "/" + name
            if let part = IndexFileFormat.part(named: name) {
                surveyIndex(part, path, isNamed: checkpoint.segmentParts.contains(part))
                continue
            }
            guard let id = TenantFiles.segment(named: name), named.contains(id) else {
                found(.leftover, path, "the checkpoint does not name it")
                continue
            }
            let segment = try SegmentExaminer.examine(path, fileSystem: files.fileSystem)
            findings += segment.findings
            if segment.findings.isEmpty { checkReader(takes: id, at: path) }
            segments[id] = segment
        }
        for id in named.sorted() where segments[id] == nil {
            found(.damage, files.path(of: id), "the file is missing")
        }
    }

    /// Indexes are named by the rows that they are of.
    private mutating func surveyIndex(_ part: SegmentPart, _ path: String, isNamed: Bool) {
        guard isNamed else {
            return found(.leftover, path, "the checkpoint does not name its rows")
        }
        do throws(StorageError) {
            indexes.append(
                try IndexFile(part, in: files.segments, fileSystem: files.fileSystem))
        } catch {
            findings.append(Finding(.derivable, error, in: path))
        }
    }

    /// What is whole must also be what the engine's reader takes, its indexes included.
    private mutating func checkReader(takes id: SegmentID, at path: String) {
        do throws(StorageError) {
            let file = try SegmentFile(id, in: files.segments, fileSystem: files.fileSystem)
            for collection in file.collections { _ = try file.rows(of: collection) }
        } catch {
            findings.append(Finding(.derivable, error, in: path))
        }
    }

    /// Follows checkpoint → segment → collection, and what the collections promise.
    mutating func surveyReferences() {
        guard let checkpoint else { return }
        let path = files.checkpoints.path(checkpoint.logFile)
        var names = Set<CollectionPlace>()
        for collection in checkpoint.collections {
            let place = CollectionPlace(
                database: collection.state.database, name: collection.state.name)
            if !names.insert(place).inserted {
                found(.damage, path, "two collections of a database have one name")
            }
            if collection.state.createdAt > checkpoint.position.value {
                found(.damage, path, "collection \(collection.state.id) is newer than its log")
            }
            for part in collection.parts { surveyPart(part, of: collection, path) }
            surveyRecords(of: collection, path)
        }
    }

    private mutating func surveyPart(
        _ part: Checkpoint.Part, of collection: Checkpoint.Collection, _ checkpoint: String
    ) {
        guard let segment = segments[part.segment], segment.isReadable else { return }
        guard let rows = segment.rows(of: part.storedAs) else {
            return found(
                .damage, segment.path,
                "it has no rows of \(part.storedAs), which \(collection.state.id) names")
        }
        if rows.rowCount > 0, rows.dimension != collection.state.dimension {
            found(
                .damage, segment.path,
                "its rows have \(rows.dimension) dimensions, those of \(collection.state.id) "
                    + (collection.state.dimension.map { "\($0)" } ?? "none"))
        }
        if rows.rowCount != part.extent.rowCount {
            found(
                .damage, segment.path,
                "it has \(rows.rowCount) rows of \(part.storedAs) and should have "
                    + "\(part.extent.rowCount)")
        }
        let deleted = part.deletedRows
        let isRising = zip(deleted, deleted.dropFirst()).allSatisfy { $0 < $1 }
        if !isRising || deleted.last.map({ Int($0) >= rows.rowCount }) ?? false {
            found(
                .damage, checkpoint,
                "the deleted rows of \(part.storedAs) in \(part.segment) are no rows of it")
        }
    }

    /// Of all versions of a record at most one is live, each at a place of its own.
    private mutating func surveyRecords(of collection: Checkpoint.Collection, _ path: String) {
        var ids = Set<RecordID>()
        var orders = Set<UInt64>()
        for part in collection.parts {
            guard let columns = segments[part.segment]?.rows(of: part.storedAs)?.columns else {
                continue
            }
            let deleted = Set(part.deletedRows)
            for row in 0..<columns.rowCount where !deleted.contains(UInt32(row)) {
                let order = columns.order(row)
                let isNew = ids.insert(columns.id(row)).inserted
                let isOwnPlace = orders.insert(order).inserted && order < collection.nextOrder
                if isNew, isOwnPlace { continue }
                return found(
                    .damage, path,
                    "row \(row) of \(part.storedAs) in \(part.segment) "
                        + (isNew ? "has no place of its own" : "is live beside another version"))
            }
        }
    }
}

/// A name in a database.
private struct CollectionPlace: Hashable {
    let database: DatabaseID
    let name: CollectionName
}
