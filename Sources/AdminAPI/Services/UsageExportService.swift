import Access
import Billing
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// Exports into files, of `tessera.admin.v1.UsageService`.
struct UsageExportService: Sendable {
    let controlPlane: ControlPlane
    let places: UsagePlaces

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createUsageExport, create),
            // Before the one without a verb, which would take it for a part of the id.
            StreamEndpoint(.downloadUsageExport, download),
            Endpoint(.getUsageExport, get), Endpoint(.deleteUsageExport, delete),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateUsageExportRequest, as principal: Principal
    ) async throws -> AdminUsageExport {
        let place = try await places.place(of: request.parent, .createExports, principal)
        guard request.export.parent.isEmpty || request.export.parent == request.parent else {
            throw ServiceError.invalid("export.parent is another than parent; leave it out.")
        }
        let export = try await controlPlane.createExport(try await draft(request.export, of: place))
        return AdminUsageExport(export, in: place)
    }

    @Sendable private func get(
        _ request: AdminGetUsageExportRequest, as principal: Principal
    ) async throws -> AdminUsageExport {
        let (place, id) = try await place(request.name, .getExports, principal)
        return AdminUsageExport(
            try await controlPlane.usageExport(id, of: place.tenant), in: place)
    }

    @Sendable private func download(
        _ request: AdminDownloadUsageExportRequest, as principal: Principal
    ) async throws -> ByteStream {
        let (place, id) = try await place(request.name, .downloadExports, principal)
        let export = try await controlPlane.usageExport(id, of: place.tenant)
        return try controlPlane.file(of: export, offset: Int(request.offset))
    }

    @Sendable private func delete(
        _ request: AdminDeleteUsageExportRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        let (place, id) = try await place(request.name, .deleteExports, principal)
        try await controlPlane.deleteExport(id, of: place.tenant)
        return Google_Protobuf_Empty()
    }

    /// Of what can be made, at the prices that are in force now. Throws what making it would.
    private func draft(
        _ request: AdminExportUsageRequest, of place: UsagePlace
    ) async throws -> UsageExportDraft {
        let stream = try await controlPlane.exportStream(
            request, of: place.tenant, atMilliseconds: controlPlane.nowMilliseconds)
        var request = request
        if request.priceBook.isEmpty {
            request.priceBook = try await controlPlane.priceBook().version
        }
        return UsageExportDraft(
            tenant: place.tenant, request: try request.serializedBytes(), format: request.format,
            contentType: stream.contentType)
    }

    private func place(
        _ text: String, _ permission: Permission, _ principal: Principal
    ) async throws -> (UsagePlace, String) {
        let name = try ResourceName(
            parsing: text, field: "name", as: [ResourceName.usageExportShape])
        let place = try await places.place(
            ofTenant: name.segments[1], permission, principal)
        return (place, name.segments[3])
    }
}

extension AdminUsageExport {
    fileprivate init(_ export: UsageExport, in place: UsagePlace) {
        self.init()
        name =
            ResourceName("tenants", place.segment, "usageExports", "\(export.id)").description
        state = export.state.rawValue
        format = export.format
        sizeBytes = Int64(export.bytes)
        sha256 = export.sha256.map(Hexadecimal.text) ?? ""
        problem = export.problem
        createTime = Google_Protobuf_Timestamp(unixMilliseconds: export.createdAtMilliseconds)
        expireTime = Google_Protobuf_Timestamp(unixMilliseconds: export.expiresAtMilliseconds)
    }
}
