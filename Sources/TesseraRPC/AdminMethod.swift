import GRPCCore

/// What the protos declare about one method of the admin API.
package struct AdminMethod: Sendable, Hashable {
    /// Fully qualified: "tessera.admin.v1.TokenService".
    package let service: String
    /// "CreateToken".
    package let name: String
    /// What it does, in a sentence.
    package let summary: String
    /// What a caller must hold: "tokens.create".
    package let permission: String
    /// The kind of event that a call is; nil for reads.
    package let auditEvent: String?
    package let bindings: [HTTPBinding]

    /// How an HTTP request reaches the method (annotations.proto).
    package struct HTTPBinding: Sendable, Hashable {
        /// GET, POST, PATCH or DELETE.
        package let method: String
        /// For example "/v1/{name=tenants/*/tokens/*}:revoke".
        package let path: String
    }

    /// The method as gRPC names it.
    package var descriptor: MethodDescriptor {
        MethodDescriptor(fullyQualifiedService: service, method: name)
    }
}
