import ChromaModel
import Platform
import TenantStorage

extension Inspector {
    func reportCheckpoint(_ path: String) throws -> FileReport {
        var report = FileReport(path, "checkpoint")
        report.add("bytes", try fileSystem.map(path).bytes.count)
        let name = path.split(separator: "/").last.map(String.init) ?? path
        guard let tenant = tenant(of: path), let number = CheckpointFile.number(name) else {
            throw ServiceError.invalid(
                "A checkpoint's checksum needs its tenant and number: "
                    + "leave it in its place, or pass --tenant-id.")
        }
        let directory = path.dropLast(name.count).isEmpty ? "." : String(path.dropLast(name.count))
        let file = CheckpointFile(
            fileSystem: fileSystem, directory: directory.trimmingSlashes, tenant: tenant)
        report.add("tenant", tenant)
        report.add("number", number)
        do throws(StorageError) {
            describe(try file.read(number), in: &report)
        } catch {
            report.findings = [Finding(.damage, error, in: path)]
        }
        return report
    }

    private func describe(_ checkpoint: Checkpoint, in report: inout FileReport) {
        report.add("position", checkpoint.position)
        report.add("log_file", checkpoint.logFile)
        report.add("collections", checkpoint.collections.count)
        report.add(
            "collections",
            [
                "collection", "database", "name", "space", "dimension", "operations", "parts",
                "unfolded",
            ],
            limit: options.rowsMax,
            checkpoint.collections.lazy.map { collection in
                let state = collection.state
                return [
                    "\(state.id)", "\(state.database)", "\(state.name)", "\(state.settings.space)",
                    state.dimension.map { "\($0)" } ?? "-", "\(state.written.operations)",
                    "\(collection.parts.count)", "\(collection.unfolded.count)",
                ]
            })
        report.add(
            "parts", ["collection", "segment", "stored_as", "rows", "deleted_rows"],
            limit: options.rowsMax,
            checkpoint.collections.lazy.flatMap { collection in
                collection.parts.map { part in
                    [
                        "\(collection.state.id)", "\(part.segment)", "\(part.storedAs)",
                        "\(part.extent.rowCount)", "\(part.deletedRows.count)",
                    ]
                }
            })
    }

    func reportCatalog(_ path: String) -> FileReport {
        var report = FileReport(path, "catalog")
        do {
            let catalog = try CatalogExamination(reading: path)
            report.add("tenant", catalog.tenant)
            report.add("applied_position", catalog.appliedPosition)
            report.add("collections", catalog.collections.count)
            report.add(
                "collections", ["collection", "database", "name", "space", "dimension"],
                limit: options.rowsMax,
                catalog.collections.lazy.map { row in
                    [
                        row.id, row.database, row.name, row.space,
                        row.dimension.map { "\($0)" } ?? "-",
                    ]
                })
        } catch {
            report.findings = [Finding(.derivable, path, "it cannot be read: \(error)")]
        }
        return report
    }

    func reportTenant(_ path: String) throws -> FileReport {
        guard let tenant = tenant(of: path) else {
            throw ServiceError.invalid(
                "\(path) is not named by a tenant's id; pass --tenant-id.")
        }
        let survey = try TenantSurvey.survey(
            TenantFiles(path, tenant: tenant, fileSystem: fileSystem))
        var report = FileReport(path, "tenant")
        report.add("tenant", tenant)
        report.add("log_position", survey.lastPosition)
        report.add("log_files", survey.logs.count)
        report.add("log_entries", survey.entryCount)
        report.add("segments", survey.segments.count)
        report.add("indexes", survey.indexes.count)
        if let checkpoint = survey.checkpoint {
            report.add("checkpoint", "\(checkpoint.logFile) at entry \(checkpoint.position)")
        }
        report.add(
            "files", ["file", "bytes", "content"], limit: options.rowsMax,
            survey.logs.map {
                [
                    "log/" + LogFormat.fileName($0.number), "\($0.byteCount)",
                    "\($0.entries.count) entries",
                ]
            }
                + survey.segments.sorted { $0.key < $1.key }.map { id, segment in
                    [
                        "segments/\(id).seg", "\(segment.byteCount)",
                        "\(segment.collections.count) collections",
                    ]
                } + survey.indexes.map(Self.row))
        report.findings = survey.findings
        return report
    }

    private static func row(_ index: IndexFile) -> [String] {
        [
            "segments/" + IndexFileFormat.fileName(index.part), "\(index.byteCount)",
            "index of \(index.rowCount) rows",
        ]
    }

    func reportTenants(_ directory: String) throws -> FileReport {
        var report = FileReport(directory, "tenants")
        let names = try fileSystem.list(directory)
        report.add("tenants", names.count { UniqueID($0) != nil })
        var rows: [[String]] = []
        for name in names {
            guard
                let files = TenantFiles(
                    directory: directory + "/" + name, fileSystem: fileSystem)
            else {
                let path = directory + "/" + name
                report.findings.append(Finding(.leftover, path, "no tenant has such an id"))
                continue
            }
            rows.append([
                name, "\(try fileSystem.list(files.log).count)",
                "\(try fileSystem.list(files.segments).count)",
            ])
        }
        report.add("tenants", ["tenant", "log_files", "segments"], limit: options.rowsMax, rows)
        return report
    }
}
