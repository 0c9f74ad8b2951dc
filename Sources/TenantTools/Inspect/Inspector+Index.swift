import ChromaModel
import Platform
import TenantStorage

extension Inspector {
    func reportIndex(_ path: String) throws -> FileReport {
        var report = FileReport(path, "index")
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let part = IndexFileFormat.part(named: name) else {
            throw ServiceError.invalid(
                "An index file is named <segment>.<collection>.idx; leave it its name.")
        }
        report.add("segment", part.segment)
        report.add("collection", part.storedAs)
        let directory = String(path.dropLast(name.count))
        do throws(StorageError) {
            let file = try IndexFile(
                part, in: directory.isEmpty ? "." : directory.trimmingSlashes,
                fileSystem: fileSystem)
            report.add("bytes", file.byteCount)
            report.add("rows", file.rowCount)
            report.add("codes_bytes", file.codes.count)
            report.add("graph_bytes", file.graph?.count ?? 0)
            report.add("recall_at_10", file.measuredRecall.map { "\($0)" } ?? "exact")
        } catch {
            report.findings = [Finding(.derivable, error, in: path)]
        }
        return report
    }
}
