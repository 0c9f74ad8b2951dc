/// Where key sets come from. Tests put their own here.
package protocol KeyDocuments: Sendable {
    /// The bytes of an issuer's key set, at most `JSONWebKeySet.bytesMax`. Throws `ServiceError`.
    func document(of issuer: IssuerRecord) async throws -> [UInt8]
}
