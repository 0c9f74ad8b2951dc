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
            Endpoint(.rotateToken, rotate), Endpoint(.batchRevokeTokens, batchRevoke),
            Endpoint(.introspectToken, introspect),
        ]
    }

    @Sendable private func create(
        _ request: AdminCreateTokenRequest, as principal: Principal
    ) async throws -> AdminCreateTokenResponse {
        let owner = try await owner(request.parent, .createTokens, principal)
        let minted = try await controlPlane.createToken(
            TokenDraft(request, owner: owner, creator: principal))
        return AdminCreateTokenResponse.with {
            $0.token = AdminToken(minted.record, lastUse: nil)
            $0.secret = minted.secretText
        }
    }

    @Sendable private func get(
        _ request: AdminGetTokenRequest, as principal: Principal
    ) async throws -> AdminToken {
        try await shown(token(request.name, .getTokens, principal))
    }

    @Sendable private func list(
        _ request: AdminListTokensRequest, as principal: Principal
    ) async throws -> AdminListTokensResponse {
        let owner = try await owner(request.parent, .listTokens, principal)
        let page = try await controlPlane.listTokens(
            of: owner?.tenant,
            page: PageRequest(sizeMax: Int(request.pageSize), token: request.pageToken))
        let uses = try await controlPlane.lastUses(of: page.items.map(\.keyID))
        return AdminListTokensResponse.with {
            $0.tokens = page.items.map { AdminToken($0, lastUse: uses[$0.keyID]) }
            $0.nextPageToken = page.nextToken ?? ""
        }
    }

    @Sendable private func revoke(
        _ request: AdminRevokeTokenRequest, as principal: Principal
    ) async throws -> AdminToken {
        let record = try await token(request.name, .revokeTokens, principal)
        var token = try await shown(controlPlane.revokeToken(record.keyID, of: record.tenant))
        token.unconfirmedNodes = AdminCall.current?.lapsedNodes ?? []
        return token
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
    @Sendable private func rotate(
        _ request: AdminRotateTokenRequest, as principal: Principal
    ) async throws -> AdminRotateTokenResponse {
        let record = try await token(request.name, .rotateTokens, principal)
        let rotated = try await controlPlane.rotateToken(
            record.keyID, of: record.tenant, TokenRotation(request, creator: principal))
        let replaced = try await shown(rotated.replaced)
        return AdminRotateTokenResponse.with {
            $0.token = AdminToken(rotated.minted.record, lastUse: nil)
            $0.secret = rotated.minted.secretText
            $0.replaced = replaced
        }
    }

    @Sendable private func batchRevoke(
        _ request: AdminBatchRevokeTokensRequest, as principal: Principal
    ) async throws -> AdminBatchRevokeTokensResponse {
        let owner = try await owner(request.parent, .revokeManyTokens, principal)
        let count = try await controlPlane.revokeTokens(
            TokenSelection(request, owner: owner), of: owner?.tenant)
        return .with {
            $0.revokedCount = Int32(clamping: count)
            $0.unconfirmedNodes = AdminCall.current?.lapsedNodes ?? []
        }
    }

    @Sendable private func introspect(
        _ request: AdminIntrospectTokenRequest, as principal: Principal
    ) async throws -> AdminIntrospectTokenResponse {
        var answer = AdminIntrospectTokenResponse()
        answer.credential = principal.credential.description
        answer.tenant =
            principal.tenantName.map { ResourceName("tenants", $0.value).description } ?? ""
        answer.permissions = authoriser.permissionNames(of: principal)
        if case .token(let keyID) = principal.credential,
            let record = try await controlPlane.token(keyID)
        {
            answer.token = try await shown(record)
        }
        return answer
    }
}

extension TokenService {
    private func shown(_ record: TokenRecord) async throws -> AdminToken {
        AdminToken(
            record, lastUse: try await controlPlane.lastUses(of: [record.keyID])[record.keyID])
    }

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
