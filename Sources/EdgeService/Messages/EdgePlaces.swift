import Access
import ChromaModel
import FoundationEssentials
import TesseraRPC

extension EdgeTenantPlace {
    init(_ scope: TenantScope) {
        self.init()
        id = Data(scope.tenant.uuid)
        name = scope.tenantName.value
    }
}

extension EdgeDatabasePlace {
    init(_ scope: DatabaseScope) {
        self.init()
        tenant = EdgeTenantPlace(scope.tenantScope)
        id = Data(scope.database.uuid)
        name = scope.databaseName.value
    }
}
