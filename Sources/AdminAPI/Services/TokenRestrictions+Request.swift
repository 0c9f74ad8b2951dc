import Access
import ChromaModel
import ControlPlane
import SwiftProtobuf
import TesseraRPC

extension TokenRestrictions {
    /// - Throws: `invalidArgument`, saying what the field may be.
    init(_ request: AdminCreateTokenRequest) throws(ServiceError) {
        self.init(
            actions: try Self.actions(request.actions),
            collections: request.collections.isEmpty
                ? nil : try CollectionPattern(parsing: request.collections),
            addresses: try Self.addresses(request.ipAllow))
    }

    private static func actions(_ names: [String]) throws(ServiceError) -> Set<Action>? {
        guard !names.isEmpty else { return nil }
        let known = TokenDraft.grantableActions
        guard names.allSatisfy({ name in known.contains { $0.rawValue == name } }) else {
            let words = known.map(\.rawValue).joined(separator: ", ")
            throw .invalid("actions are one or more of: \(words).")
        }
        return Set(names.compactMap { Action(rawValue: $0) })
    }

    /// Counts before it reads, so that a long list costs nothing.
    private static func addresses(_ texts: [String]) throws(ServiceError) -> [AddressRange] {
        guard texts.count <= addressRangesMax else {
            throw .invalid("ip_allow takes at most \(addressRangesMax) ranges; join some.")
        }
        var ranges: [AddressRange] = []
        for text in texts { ranges.append(try AddressRange(parsing: text)) }
        return ranges
    }
}

extension TokenRotation {
    /// - Throws: `invalidArgument`, saying what the field may be.
    init(_ request: AdminRotateTokenRequest, creator: Principal) throws(ServiceError) {
        guard request.grace.nanos == 0, let seconds = Int(exactly: request.grace.seconds) else {
            throw .invalid("grace is whole seconds, such as 86400s.")
        }
        self.init(
            graceSeconds: seconds,
            expiresAtMilliseconds: request.hasExpireTime
                ? try TokenDraft.expiry(request.expireTime) : nil,
            creator: creator.credential.description)
    }
}

extension TokenSelection {
    /// - Parameter owner: whose tokens; nil for the operators'.
    /// - Throws: `invalidArgument` unless the request selects in exactly one way, and for a name
    ///   that is no token's of the owner.
    init(_ request: AdminBatchRevokeTokensRequest, owner: TenantScope?) throws(ServiceError) {
        switch (request.names.isEmpty, request.creator.isEmpty, request.all) {
        case (false, true, false): self = .keyIDs(try Self.keyIDs(request.names, owner))
        case (true, false, false): self = .creator(request.creator)
        case (true, true, true) where owner != nil: self = .all
        case (true, true, true):
            throw .invalid("all would lock every operator out; name the tokens.")
        default: throw .invalid("Say which: exactly one of names, creator and all.")
        }
    }

    private static func keyIDs(
        _ names: [String], _ owner: TenantScope?
    ) throws(ServiceError) -> [TokenKeyID] {
        guard names.count <= keyIDsMax else {
            throw .invalid("names takes at most \(keyIDsMax) tokens; ask several times.")
        }
        let shape = owner == nil ? ResourceName.operatorTokenShape : ResourceName.tokenShape
        var keyIDs: [TokenKeyID] = []
        for text in names {
            let name = try ResourceName(parsing: text, field: "names", as: [shape])
            guard owner == nil || TenantName(name.segments[1]) == owner?.tenantName else {
                throw .invalid("names must be tokens of parent; \(text) is not.")
            }
            keyIDs.append(TokenKeyID(name.segments[name.segments.count - 1]))
        }
        return keyIDs
    }
}
