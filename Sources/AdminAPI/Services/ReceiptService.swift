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
            Endpoint(.listUsageReceipts, list),
            StreamEndpoint(.downloadUsageReceipt, download),
            Endpoint(.getUsageReceiptKey, publicKey),
        ]
    }

    @Sendable private func list(
        _ request: AdminListUsageReceiptsRequest, as principal: Principal
    ) async throws -> AdminListUsageReceiptsResponse {
        let name = try ResourceName(
            parsing: request.parent, field: "parent", as: [ResourceName.tenantShape])
        let scope = try await authoriser.tenantScope(
            for: principal, .listReceipts, tenant: TenantName(name.segments[1]))
        let page = try await controlPlane.listReceipts(
            in: scope,
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return .with {
            $0.usageReceipts = page.items.map { AdminUsageReceipt($0, of: scope.tenantName) }
            $0.nextPageToken = page.nextToken ?? ""
        }
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

extension AdminUsageReceipt {
    fileprivate init(_ record: ReceiptRecord, of tenant: TenantName) {
        self.init()
        period = record.period.description
        name = ResourceName("tenants", tenant.value, "usageReceipts", period).description
        final = record.isFinal
        if let time = record.sealedAtMilliseconds {
            sealTime = Google_Protobuf_Timestamp(unixMilliseconds: time)
        }
        if let time = record.issuedAtMilliseconds {
            issueTime = Google_Protobuf_Timestamp(unixMilliseconds: time)
        }
        sha256 = record.sha256.map(Hexadecimal.text) ?? ""
    }
}
