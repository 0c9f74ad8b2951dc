import Access
import ChromaModel
import FoundationEssentials
import SwiftProtobuf
import TesseraRPC
import Usage

extension EngineTenantScope {
    init(_ scope: TenantScope) {
        self.init()
        tenantID = Data(scope.tenant)
        tenantName = scope.tenantName.value
        quotas = EngineQuotas(scope.quotas)
        payer = scope.payer.value
    }

    /// Throws `internalError`.
    func scope(by receiver: ScopeReceiver) throws(ServiceError) -> TenantScope {
        receiver.tenantScope(
            try tenantID.id(), TenantName(tenantName), try quotas.effective(),
            payer: UsageCredential(payer))
    }
}

extension EngineDatabaseScope {
    init(_ scope: DatabaseScope) {
        self.init()
        tenant = EngineTenantScope(scope.tenantScope)
        databaseID = Data(scope.database)
        databaseName = scope.databaseName.value
        quotas = EngineQuotas(scope.quotas)
        if let pattern = scope.collections { collections = pattern.value }
    }

    /// Throws `internalError`.
    func scope(by receiver: ScopeReceiver) throws(ServiceError) -> DatabaseScope {
        receiver.databaseScope(
            in: try tenant.scope(by: receiver), try databaseID.id(), DatabaseName(databaseName),
            try quotas.effective(),
            collections: hasCollections ? CollectionPattern(collections) : nil)
    }
}

extension EngineQuotas {
    fileprivate init(_ quotas: EffectiveQuotas) {
        self.init()
        plan = quotas.plan.rawValue
        exceptions = quotas.exceptions.map { usage, exception in
            .with {
                $0.usage = usage.rawValue
                $0.limit = Int64(exception.limit)
                $0.source = exception.source.rawValue
            }
        }
    }

    fileprivate func effective() throws(ServiceError) -> EffectiveQuotas {
        guard let plan = Plan(rawValue: plan) else { throw .unreadable("a plan") }
        var effective: [UsageType: EffectiveQuotas.Exception] = [:]
        for each in exceptions {
            guard let usage = UsageType(rawValue: each.usage),
                let source = EffectiveQuotas.Source(rawValue: each.source)
            else { throw .unreadable("a quota") }
            effective[usage] = EffectiveQuotas.Exception(limit: Int(each.limit), source: source)
        }
        return EffectiveQuotas(plan: plan, exceptions: effective)
    }
}
