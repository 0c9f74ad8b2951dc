import Access
import ChromaModel
import Synchronization
import Telemetry

/// What metrics call an open tenant, and where its work is counted.
final class TenantLabel: Sendable {
    let name: String
    let activity: TenantActivity

    init(_ scope: DatabaseScope, _ activities: TenantActivities) {
        name = scope.tenantName.value
        activity = activities.claim(name)
    }

    deinit { activity.release() }
}

extension TenantEngine {
    /// Where the tenant's work is counted. The name comes with the first scope; a lock-free look
    /// after that.
    func activity(for scope: DatabaseScope) -> TenantActivity {
        if let label = label.load() { return label.activity }
        return label.storeIfNil(TenantLabel(scope, resources.metrics.activities)).activity
    }
}
