import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

/// The methods of `tessera.admin.v1.TokenService`.
struct TokenService: Sendable {
    let controlPlane: ControlPlane
    let authoriser: Authoriser

    var endpoints: [any AdminEndpoint] {
        [
            Endpoint(.createToken, create), Endpoint(.getToken, get), Endpoint(.listTokens, list),
            Endpoint(.revokeToken, revoke), Endpoint(.deleteToken, delete),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateTokenRequest, as principal: Principal
    ) async throws -> AdminCreateTokenResponse {
        let owner = try await owner(request.parent, .createTokens, principal)
        let minted = try await controlPlane.createToken(
            TokenDraft(request, owner: owner))
        return AdminCreateTokenResponse.with {
            $0.token = AdminToken(minted.record)
            $0.secret = minted.secretText
        }
    }

    @Sendable private func get(
        _ request: AdminGetTokenRequest, as principal: Principal
    ) async throws -> AdminToken {
        AdminToken(try await token(request.name, .getTokens, principal))
    }

    @Sendable private func list(
        _ request: AdminListTokensRequest, as principal: Principal
    ) async throws -> AdminListTokensResponse {
        let owner = try await owner(request.parent, .listTokens, principal)
        let page = try await controlPlane.listTokens(
            of: owner?.tenant,
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        return AdminListTokensResponse.with {
            $0.tokens = page.items.map(AdminToken.init)
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func revoke(
        _ request: AdminRevokeTokenRequest, as principal: Principal
    ) async throws -> AdminToken {
        let record = try await token(request.name, .revokeTokens, principal)
        return AdminToken(try await controlPlane.revokeToken(record.keyID, of: record.tenant))
    }

    @Sendable private func delete(
        _ request: AdminDeleteTokenRequest, as principal: Principal
    ) async throws -> Google_Protobuf_Empty {
        let record = try await token(request.name, .deleteTokens, principal)
        try await controlPlane.deleteToken(record.keyID, of: record.tenant)
        return Google_Protobuf_Empty()
    }
}

extension TokenService {
    /// The tenant whose tokens are meant; nil for the operators', which only an operator reaches.
    private func owner(
        _ parent: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TenantScope? {
        guard !parent.isEmpty else {
            guard principal.role == .operator else { throw ServiceError.adminDenied }
            return nil
        }
        let name = try ResourceName(
            parsing: parent, field: "parent", as: [ResourceName.tenantShape])
        return try await authoriser.tenantScope(
            for: principal, permission, tenant: TenantName(name.segments[1]))
    }

    /// The token of that name. One of another tenant is as little there as a random one.
    private func token(
        _ text: String, _ permission: Permission, _ principal: Principal
    ) async throws -> TokenRecord {
        let name = try ResourceName(
            parsing: text, field: "name",
            as: [ResourceName.tokenShape, ResourceName.operatorTokenShape])
        let parent = name.segments.count == 4 ? ResourceName("tenants", name.segments[1]) : nil
        let owner = try await owner(parent?.description ?? "", permission, principal)
        let keyID = TokenKeyID(name.segments[name.segments.count - 1])
        guard let record = try await controlPlane.token(keyID), record.tenant == owner?.tenant
        else { throw ServiceError(.notFound, "Token [\(keyID)] not found") }
        return record
    }
}
