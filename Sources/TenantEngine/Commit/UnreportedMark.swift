import ChromaModel
import Logging
import Platform
import Synchronization

/// A file that says of a tenant that its log has usage to be reported, so that a process that
/// starts after a crash knows whom to open for that: `DATA/unreported/<tenant>`, empty.
///
/// It is not synced: after a power cut a tenant without its mark reports when it is next opened.
package final class UnreportedMark: Sendable {
    private let fileSystem: any FileSystem
    /// Nil: nobody collects usage here.
    private let path: String?
    private let logger: Logger
    private let isSet = Mutex(false)

    /// - Parameter directory: of all marks; nil keeps none.
    init(
        of tenant: TenantID, in directory: String?, fileSystem: any FileSystem, logger: Logger
    ) {
        self.fileSystem = fileSystem
        self.logger = logger
        path = directory.map { "\($0)/\(tenant)" }
    }

    /// Before the first charge is in the log. Blocking.
    func set() {
        guard let path else { return }
        isSet.withLock { isSet in
            guard !isSet else { return }
            do {
                try fileSystem.open(path, .create).close()
                isSet = true
            } catch {
                // The tenant is open: it reports as long as the process lives.
                logger.warning("a tenant's usage is not marked", metadata: ["error": "\(error)"])
            }
        }
    }

    /// When the keeper has everything. Blocking.
    func clear() {
        guard let path else { return }
        isSet.withLock { isSet in
            do {
                try fileSystem.removeFile(path)
                isSet = false
            } catch {
                logger.warning(
                    "the mark of a tenant's usage stays", metadata: ["error": "\(error)"])
            }
        }
    }
}
