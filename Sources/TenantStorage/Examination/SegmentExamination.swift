import ChromaModel
import Platform

/// What is in one segment file, as far as it can be read.
package struct SegmentExamination: Sendable {
    package struct Section: Sendable {
        /// The kind's name, or its number when this version does not know it.
        package let name: String
        package let kind: SectionKind?
        package let range: Range<Int>
        /// Whether its bytes match its CRC.
        package let isWhole: Bool
    }

    /// The rows of one collection.
    package struct Rows: Sendable {
        package let collection: CollectionID
        package let dimension: Int
        package let rowCount: Int
        package let sections: [Section]
        /// The columns that nothing else can replace; nil when one of them is damaged.
        package let columns: SegmentColumns?

        /// Whether every section is whole and says the same as the columns.
        package let isSound: Bool
    }

    package let path: String
    package let byteCount: Int
    /// Empty when the directory is unreadable.
    package let collections: [Rows]
    package let findings: [Finding]

    /// Whether the directory could be read.
    package let isReadable: Bool

    package func rows(of collection: CollectionID) -> Rows? {
        collections.first { $0.collection == collection }
    }
}

/// Checks every byte of a segment file. Changes nothing.
package struct SegmentExaminer {
    private let path: String
    private let map: any MappedFile
    private var findings: [Finding] = []

    /// - Throws: `StorageError.file` when the file cannot be read.
    package static func examine(_ path: String, fileSystem: any FileSystem) throws(StorageError)
        -> SegmentExamination
    {
        let map = try io { () throws(FileError) in try fileSystem.map(path) }
        var examiner = SegmentExaminer(path: path, map: map)
        return examiner.examined()
    }

    private init(path: String, map: any MappedFile) {
        self.path = path
        self.map = map
    }

    private mutating func examined() -> SegmentExamination {
        var directory: SegmentDirectory?
        do { directory = try SegmentDirectory(map.bytes, path: path) } catch {
            findings.append(Finding(.damage, error, in: path))
        }
        findings += directory?.faults ?? []
        let collections = (directory?.collections ?? []).map { rows($0) }
        if let directory { checkLayout(directory, collections) }
        return SegmentExamination(
            path: path, byteCount: map.bytes.count, collections: collections,
            findings: findings, isReadable: directory != nil)
    }

    private mutating func rows(_ entry: SegmentDirectory.Entry) -> SegmentExamination.Rows {
        let before = findings.count
        let sections = entry.sections.map { section in
            let kind = SectionKind(rawValue: section.kind)
            let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[section.range])
            return SegmentExamination.Section(
                name: kind.map { "\($0)" } ?? "kind \(section.kind)", kind: kind,
                range: section.range, isWhole: crc32c(bytes) == section.checksum)
        }
        for section in sections where !section.isWhole {
            findings.append(
                Finding(
                    section.kind?.isDerivable == false ? .damage : .derivable, path,
                    at: UInt64(section.range.lowerBound),
                    "section \(section.name) of collection \(entry.collection) "
                        + "(\(section.range.count) bytes) fails its checksum"))
        }
        let columns = columns(entry, sections)
        if let columns { check(columns, sections) }
        return SegmentExamination.Rows(
            collection: entry.collection, dimension: entry.dimension, rowCount: entry.rowCount,
            sections: sections, columns: columns, isSound: findings.count == before)
    }

    private mutating func columns(
        _ entry: SegmentDirectory.Entry, _ sections: [SegmentExamination.Section]
    ) -> SegmentColumns? {
        for kind in SectionKind.allCases where !kind.isDerivable {
            guard let section = sections.first(where: { $0.kind == kind }) else {
                findings.append(
                    Finding(
                        .damage, path, "section \(kind) of collection \(entry.collection) is gone"))
                return nil
            }
            guard section.isWhole else { return nil }
        }
        do { return try SegmentColumns(entry, sections, map: map, path: path) } catch {
            findings.append(Finding(.damage, error, in: path))
            return nil
        }
    }

    /// Compares what follows from the columns with what the file says.
    private mutating func check(
        _ columns: SegmentColumns, _ sections: [SegmentExamination.Section]
    ) {
        for kind in [SectionKind.idTable, .inverseNorms]
        where !sections.contains(where: { $0.kind == kind }) {
            findings.append(
                Finding(
                    .derivable, path, "section \(kind) of \(columns.collection) is missing"))
        }
        checkIndexes(columns, sections)
        guard let table = sections.first(where: { $0.kind == .idTable }) else { return }
        guard table.isWhole, !columns.matches(idTable: map.bytes[table.range]) else { return }
        findings.append(
            Finding(
                .derivable, path, at: UInt64(table.range.lowerBound),
                "the id table of collection \(columns.collection) is not that of its ids"))
    }

    private mutating func checkIndexes(
        _ columns: SegmentColumns, _ sections: [SegmentExamination.Section]
    ) {
        let comparison = IndexComparison(columns: columns)
        for section in sections where section.isWhole {
            let bytes = UnsafeRawBufferPointer(rebasing: map.bytes[section.range])
            guard let kind = section.kind, let place = comparison.fault(in: bytes, of: kind) else {
                continue
            }
            findings.append(
                Finding(
                    .derivable, path, at: UInt64(section.range.lowerBound + place),
                    "section \(section.name) of collection \(columns.collection) is not what its "
                        + "rows give"))
        }
    }

    private mutating func checkLayout(
        _ directory: SegmentDirectory, _ collections: [SegmentExamination.Rows]
    ) {
        let layout = SegmentLayout(
            sections: collections.flatMap(\.sections).map(\.range),
            directoryStart: directory.range.lowerBound)
        let fault = try? layout.fault { Array(map.bytes[$0]) }
        guard let fault else { return }
        findings.append(Finding(.derivable, path, at: UInt64(fault.offset), fault.what))
    }
}

extension SectionKind {
    /// Whether a segment writer makes it from the other sections of the collection.
    package var isDerivable: Bool {
        switch self {
        case .ids, .orders, .documents, .uris, .metadatas, .embeddings: false
        default: true
        }
    }
}
