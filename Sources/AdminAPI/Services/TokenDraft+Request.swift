import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension TokenDraft {
    /// Reads the fields; whether they make sense together, the control plane says.
    ///
    /// - Parameters:
    ///   - owner: the tenant, as the caller was authorised for it; nil for operators.
    ///   - creator: who asks for it.
    /// - Throws: `invalidArgument`, saying what the field may be.
    init(
        _ request: AdminCreateTokenRequest, owner: TenantScope?, creator: Principal
    ) throws(ServiceError) {
        let names = request.databases.map { DatabaseName($0) }
        self.init(
            scope: owner,
            role: try Self.role(request, owner: owner),
            databases: names.isEmpty ? nil : names,
            displayName: try Self.displayName(request.displayName),
            expiresAtMilliseconds: request.hasExpireTime
                ? try Self.expiry(request.expireTime) : nil,
            restrictions: try TokenRestrictions(request), creator: creator.credential.description)
    }

    private static func role(
        _ request: AdminCreateTokenRequest, owner: TenantScope?
    ) throws(ServiceError) -> Role {
        let allowed: [Role] = owner == nil ? [.operator] : [.admin, .writer, .reader, .custom]
        if request.role.isEmpty, owner == nil { return .operator }
        if request.role.isEmpty, !request.actions.isEmpty { return .custom }
        guard let role = allowed.first(where: { $0.rawValue == request.role }) else {
            let words = allowed.map(\.rawValue).joined(separator: ", ")
            throw .invalid("role of this token must be one of: \(words).")
        }
        return role
    }

    private static func displayName(_ text: String) throws(ServiceError) -> String {
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw .invalid("display_name must have no control characters.")
        }
        return text
    }

    static func expiry(_ time: Google_Protobuf_Timestamp) throws(ServiceError) -> UInt64 {
        guard let milliseconds = time.unixMilliseconds else {
            throw .invalid("expire_time must be in the future and before the year 10000.")
        }
        return milliseconds
    }
}
