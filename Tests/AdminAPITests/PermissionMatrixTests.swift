import Access
import ChromaModel
import TesseraRPC
import Testing

@testable import AdminAPI

@Suite("Who may call what")
struct PermissionMatrixTests {
    /// operator, admin, admin of some databases, writer, reader: `x` may, `-` may not.
    private static let golden = [
        "TestPermissions xxxxx",
        "ListAuditEvents x----", "VerifyAuditEvents x----",
        "CreateBackup x----", "RestoreBackup x----",
        "CreateBudget x----", "GetBudget xx---", "ListBudgets xx---", "DeleteBudget x----",
        "ListAlerts xx---",
        "CreateDatabase xx---", "GetDatabase xxx--", "ListDatabases xxx--", "DeleteDatabase xx---",
        "CreateIssuer x----", "GetIssuer x----", "ListIssuers x----", "ReplaceIssuer x----",
        "DeleteIssuer x----",
        "CreateDenial x----", "ListDenials x----", "DeleteDenial x----",
        "MeasureTenants x----",
        "GetQuotas xx---", "CreateQuotaOverride x----", "ListQuotaOverrides xx---",
        "DeleteQuotaOverride x----", "ListPlans xx---",
        "CreateTenant x----", "GetTenant xxx--", "ListTenants x----", "ChangeTenantPlan x----",
        "UpdateTenant x----", "SuspendTenant x----", "ResumeTenant x----",
        "DeleteTenant x----", "UndeleteTenant x----", "PurgeTenant x----",
        "CreateToken xx---", "GetToken xx---", "ListTokens xx---", "RevokeToken xx---",
        "DeleteToken xx---", "RotateToken xx---", "BatchRevokeTokens xx---",
        "IntrospectToken xxxxx",
        "QueryUsage xx---", "ExportUsage xx---", "CreateUsageExport xx---", "GetUsageExport xx---",
        "DownloadUsageExport xx---", "DeleteUsageExport xx---", "ListUsageReceipts xx---",
        "DownloadUsageReceipt xx---", "GetUsageReceiptKey xx---",
        "CreatePriceBook x----", "GetPriceBook xx---",
        "ListPriceBooks xx---",
    ]

    @Test("the matrix of method and role is as decided")
    func matrix() {
        let callers = [
            caller(.operator), caller(.admin), caller(.admin, databases: [DatabaseName("a")]),
            caller(.writer), caller(.reader),
        ]
        let rows = AdminMethod.all.map { method in
            let marks = callers.map { caller in
                method.required.map(caller.holds) == true ? "x" : "-"
            }
            return "\(method.name) \(marks.joined())"
        }
        #expect(rows == Self.golden)
    }

    private func caller(_ role: Role, databases: [DatabaseName]? = nil) -> Principal {
        Principal(
            credential: .token(TokenKeyID("k")), role: role,
            tenant: role == .operator ? nil : TenantID(UniqueID(high: 1, low: 1)),
            tenantName: role == .operator ? nil : TenantName("acme"), databases: databases)
    }
}
