import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.IssuerService`. The gate has let in operators alone.
struct IssuerService: Sendable {
    let controlPlane: ControlPlane

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createIssuer, create), Endpoint(.getIssuer, get),
            Endpoint(.listIssuers, list), Endpoint(.replaceIssuer, replace),
            Endpoint(.deleteIssuer, delete),
            Endpoint(.createDenial, deny), Endpoint(.listDenials, listDenials),
            Endpoint(.deleteDenial, deleteDenial),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateIssuerRequest, as principal: Principal
    ) async throws -> AdminIssuer {
        AdminIssuer(
            try await controlPlane.createIssuer(
                IssuerDraft(id: IssuerID(request.issuerID), request.issuer)))
    }

    @Sendable private func get(
        _ request: AdminGetIssuerRequest, as principal: Principal
    ) async throws -> AdminIssuer {
        AdminIssuer(try await controlPlane.issuer(issuer(request.name, field: "name")))
    }

    @Sendable private func list(
        _ request: AdminListIssuersRequest, as principal: Principal
    ) async throws -> AdminListIssuersResponse {
        let page = try await controlPlane.listIssuers(
            PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return AdminListIssuersResponse.with {
            $0.issuers = page.items.map(AdminIssuer.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func replace(
        _ request: AdminReplaceIssuerRequest, as principal: Principal
    ) async throws -> AdminIssuer {
        let id = try issuer(request.name, field: "name")
        var message = request.issuer
        if message.url.isEmpty { message.url = try await controlPlane.issuer(id).url.value }
        return AdminIssuer(
            try await controlPlane.replaceIssuer(
                IssuerDraft(id: id, message), ifRevision: Etag.revision(request.etag)))
    }

    @Sendable private func delete(
        _ request: AdminDeleteIssuerRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        try await controlPlane.deleteIssuer(
            issuer(request.name, field: "name"), ifRevision: Etag.revision(request.etag))
        return Google_Protobuf_Empty()
    }

    @Sendable private func deny(
        _ request: AdminCreateDenialRequest, as principal: Principal
    ) async throws -> AdminDenial {
        let record = try await controlPlane.deny(
            DenialRule(request.denial), of: issuer(request.parent, field: "parent"))
        return AdminDenial(record)
    }

    @Sendable private func listDenials(
        _ request: AdminListDenialsRequest, as principal: Principal
    ) async throws -> AdminListDenialsResponse {
        let page = try await controlPlane.listDenials(
            of: issuer(request.parent, field: "parent"),
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return AdminListDenialsResponse.with {
            $0.denials = page.items.map(AdminDenial.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func deleteDenial(
        _ request: AdminDeleteDenialRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        let name = try ResourceName(
            parsing: request.name, field: "name", as: [ResourceName.denialShape])
        guard let id = UniqueID(name.segments[3]) else {
            throw ServiceError(.notFound, "Denial [\(name.segments[3])] not found")
        }
        try await controlPlane.removeDenial(id, of: IssuerID(name.segments[1]))
        return Google_Protobuf_Empty()
    }

    private func issuer(_ text: String, field: String) throws -> IssuerID {
        let name = try ResourceName(parsing: text, field: field, as: [ResourceName.issuerShape])
        return IssuerID(name.segments[1])
    }
}
