import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC

extension EdgeTenant {
    init(_ record: TenantRecord) {
        self.init()
        id = Data(record.id.uuid)
        name = record.name.value
        if let resource = record.resourceName { resourceName = resource.value }
        plan = record.plan.rawValue
        createdMilliseconds = record.createdAtMilliseconds
        displayName = record.profile.displayName
        labels = record.profile.labels
        if let suspended = record.suspension {
            suspension = .with {
                $0.atMilliseconds = suspended.atMilliseconds
                $0.reason = suspended.reason
            }
        }
        if let stopped = record.stop {
            stop = .with {
                $0.untilMilliseconds = stopped.untilMilliseconds
                $0.reason = stopped.reason
            }
        }
        if let deleted = record.deletion {
            deletion = .with {
                $0.atMilliseconds = deleted.atMilliseconds
                if let purge = deleted.purgeAtMilliseconds { $0.purgeAtMilliseconds = purge }
            }
        }
        revision = record.revision
    }

    func record() throws(ServiceError) -> TenantRecord {
        guard let plan = Plan(rawValue: plan) else { throw .unreadableMessage("a plan") }
        return TenantRecord(
            id: TenantID(try id.uniqueID()), name: TenantName(name),
            resourceName: hasResourceName ? TenantResourceName(resourceName) : nil, plan: plan,
            createdAtMilliseconds: createdMilliseconds,
            profile: TenantProfile(displayName: displayName, labels: labels),
            suspension: hasSuspension
                ? TenantSuspension(
                    atMilliseconds: suspension.atMilliseconds, reason: suspension.reason) : nil,
            stop: hasStop
                ? TenantStop(untilMilliseconds: stop.untilMilliseconds, reason: stop.reason) : nil,
            deletion: hasDeletion
                ? TenantDeletion(
                    atMilliseconds: deletion.atMilliseconds,
                    purgeAtMilliseconds: deletion.hasPurgeAtMilliseconds
                        ? deletion.purgeAtMilliseconds : nil) : nil,
            revision: revision)
    }
}

extension EdgeDatabase {
    init(_ record: DatabaseRecord) {
        self.init()
        tenantID = Data(record.tenant.uuid)
        tenantName = record.tenantName.value
        id = Data(record.id.uuid)
        name = record.name.value
        createdMilliseconds = record.createdAtMilliseconds
        revision = record.revision
    }

    func record() throws(ServiceError) -> DatabaseRecord {
        DatabaseRecord(
            tenant: TenantID(try tenantID.uniqueID()), tenantName: TenantName(tenantName),
            id: DatabaseID(try id.uniqueID()), name: DatabaseName(name),
            createdAtMilliseconds: createdMilliseconds, revision: revision)
    }
}
