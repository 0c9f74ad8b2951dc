import ChromaModel
import TenantStorage

extension Inspector {
    func reportSegment(_ path: String) throws -> FileReport {
        let segment = try SegmentExaminer.examine(path, fileSystem: fileSystem)
        var report = FileReport(path, "segment")
        report.add("bytes", segment.byteCount)
        report.add("collections", segment.collections.count)
        report.add("rows", segment.collections.reduce(0) { $0 + $1.rowCount })
        report.add(
            "collections", ["collection", "rows", "dimension", "bytes", "state"],
            limit: options.rowsMax, segment.collections.lazy.map(Self.row))
        report.add(
            "sections", ["collection", "section", "offset", "bytes", "checksum"],
            limit: options.rowsMax * 10,
            segment.collections.lazy.flatMap { rows in
                rows.sections.map { Self.row($0, of: rows.collection) }
            })
        if options.showsRecords {
            report.add(
                "records", RecordRow.columns, limit: options.rowsMax,
                segment.collections.lazy.compactMap(\.columns).flatMap(Self.records))
        }
        report.findings = segment.findings
        return report
    }

    private static func row(_ rows: SegmentExamination.Rows) -> [String] {
        let state = rows.isSound ? "sound" : rows.columns == nil ? "damaged" : "repairable"
        return [
            "\(rows.collection)", "\(rows.rowCount)", "\(rows.dimension)",
            "\(rows.sections.reduce(0) { $0 + $1.range.count })", state,
        ]
    }

    private static func row(
        _ section: SegmentExamination.Section, of collection: CollectionID
    ) -> [String] {
        [
            "\(collection)", section.name, "\(section.range.lowerBound)",
            "\(section.range.count)", section.isWhole ? "good" : "BAD",
        ]
    }

    private static func records(_ columns: SegmentColumns) -> some Sequence<[String]> {
        (0..<columns.rowCount).lazy.map { row in
            RecordRow(
                "\(columns.order(row))", columns.id(row), columns.document(row), columns.uri(row),
                columns.metadata(row).map { "\($0.entries.map { "\($0.key)=\($0.value)" })" },
                columns.withEmbedding(row) { Array($0) }
            ).cells
        }
    }
}
