import ChromaModel
import Platform
import TenantStorage

/// Where a tenant's files are, and the operations on them that all tools share.
package struct TenantFiles: Sendable {
    package let fileSystem: any FileSystem
    /// `DATA/tenants/<tenant-uuid>`
    package let root: String
    package let tenant: TenantID

    package init(_ root: String, tenant: TenantID, fileSystem: any FileSystem) {
        self.fileSystem = fileSystem
        self.root = root
        self.tenant = tenant
    }

    /// Nil when the directory is not named by a tenant's id.
    package init?(directory: String, fileSystem: any FileSystem) {
        let root = directory.trimmingSlashes
        guard let name = root.split(separator: "/").last, let id = UniqueID(String(name)) else {
            return nil
        }
        self.init(root, tenant: TenantID(id), fileSystem: fileSystem)
    }

    var log: String { root + "/log" }
    var segments: String { root + "/segments" }
    var catalog: String { root + "/catalog.sqlite" }
    var quarantine: String { root + "/quarantine" }
    /// The files of the catalog, SQLite's own beside it included.
    var catalogFiles: [String] { ["", "-wal", "-shm"].map { catalog + $0 } }

    var checkpoints: CheckpointFile {
        CheckpointFile(fileSystem: fileSystem, directory: log, tenant: tenant)
    }

    var mark: AcknowledgedMark {
        AcknowledgedMark(fileSystem: fileSystem, directory: log, tenant: tenant)
    }

    func path(of segment: SegmentID) -> String { segments + "/\(segment).seg" }
    func path(ofLog number: UInt64) -> String { log + "/" + LogFormat.fileName(number) }

    /// The segment that a file name stands for.
    static func segment(named name: String) -> SegmentID? {
        guard name.hasSuffix(".seg"), let id = UniqueID(String(name.dropLast(4))) else {
            return nil
        }
        return "\(id).seg" == name ? SegmentID(id) : nil
    }
}

extension String {
    /// The path without slashes at its end.
    var trimmingSlashes: String {
        var path = self[...]
        while path.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }
}
