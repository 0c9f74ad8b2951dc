import ChromaModel
import Directory
import FoundationEssentials
import TesseraRPC

extension EdgeDirectoryChange {
    init(_ numbered: NumberedChange) {
        self.init()
        let columns = numbered.change.columns
        epoch = numbered.epoch
        kind = columns.kind
        if let tenant = columns.tenant { tenantID = Data(tenant.uuid) }
        key = columns.key
    }

    /// What can't be read may mean anything, so it reads as `reset`.
    var change: DirectoryChange {
        DirectoryChange(kind: kind, tenant: try? tenantID.uniqueID(), key: key)
    }
}
