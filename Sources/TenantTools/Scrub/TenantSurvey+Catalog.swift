import ChromaModel
import Platform
import TenantEngine
import TenantStorage

extension TenantSurvey {
    /// Compares the catalog with what the checkpoint and the log lead to.
    mutating func surveyCatalog() throws(StorageError) {
        let path = files.catalog
        do throws(FileError) {
            guard try files.fileSystem.exists(path) else { return }
        } catch { throw .file(error) }
        let catalog: CatalogExamination
        do { catalog = try CatalogExamination(reading: path) } catch {
            return found(.derivable, path, "it cannot be read: \(error)")
        }
        if catalog.tenant != files.tenant.description {
            found(.derivable, path, "it is the catalog of tenant \(catalog.tenant)")
        }
        guard let checkpoint else { return }
        if catalog.appliedPosition > lastPosition {
            found(
                .damage, path,
                "entry \(catalog.appliedPosition) was acknowledged, but the log ends at "
                    + "\(lastPosition)")
        } else if catalog.appliedPosition >= checkpoint.position, isLogWhole {
            compare(catalog, from: checkpoint)
        }
    }

    private var isLogWhole: Bool { logs.allSatisfy(\.findings.isEmpty) }

    private mutating func compare(_ catalog: CatalogExamination, from checkpoint: Checkpoint) {
        let entries = logs.flatMap(\.entries).filter { $0.position <= catalog.appliedPosition }
        let states = CollectionFold.states(
            after: checkpoint,
            entries.compactMap { entry in
                entry.content.map { (entry.position, $0) }
            })
        guard Set(states.map(CatalogExamination.Row.init)) != Set(catalog.collections) else {
            return
        }
        found(
            .derivable, files.catalog,
            "its \(catalog.collections.count) collections are not the \(states.count) of the log")
    }
}
