import Access
import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// Receipts of `tessera.admin.v1.UsageService`.
struct ReceiptService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser
    let key: ReceiptKey

    var endpoints: [any AdminEndpoint] {
        [
            StreamEndpoint(.downloadUsageReceipt, download),
            Endpoint(.getUsageReceiptKey, publicKey),
        ]
    }

    @Sendable private func download(
        _ request: AdminDownloadUsageReceiptRequest, as principal: Principal
    ) async throws -> ByteStream {
        let name = try ResourceName(
            parsing: request.name, field: "name", as: [ResourceName.receiptShape])
        let scope = try await authoriser.tenantScope(
            for: principal, .downloadReceipts, tenant: TenantName(name.segments[1]))
        let receipt = try await controlPlane.usageReceipt(
            of: BillingPeriod(name.segments[3]), in: scope, key: key)
        return ByteStream(contentType: "application/json", bytes: receipt + [UInt8(ascii: "\n")])
    }

    @Sendable private func publicKey(
        _ request: AdminGetUsageReceiptKeyRequest, as principal: Principal
    ) async throws -> AdminUsageReceiptKey {
        .with {
            $0.algorithm = "Ed25519"
            $0.publicKey = key.publicKey
        }
    }
}
