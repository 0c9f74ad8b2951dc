import ChromaModel
import GRPCCore
import TenantEngine
import TesseraRPC

/// The end of tenants.
struct RemovalMethods: Sendable {
    private typealias Method = EngineEngineService.Method

    /// A tenant ends in the control plane first; no frontend has a reason to ask for it.
    static let callers: [MethodDescriptor: Set<NodeRole>] = [
        Method.RemoveTenant.descriptor: [.control], Method.RemoveEverything.descriptor: [.control],
    ]

    let allowsEverything: Bool

    var endpoints: [any EngineEndpoint] {
        [
            EngineMethod(Method.RemoveTenant.descriptor, removeTenant),
            EngineMethod(Method.RemoveEverything.descriptor, removeEverything),
        ]
    }

    @Sendable
    private func removeTenant(_ request: EngineRemoveTenantRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        try await call.engines.removeTenant(request.tenantID.id())
        return EngineDoneAnswer()
    }

    @Sendable
    private func removeEverything(_: EngineRemoveEverythingRequest, _ call: EngineCall)
        async throws -> EngineDoneAnswer
    {
        guard allowsEverything else {
            throw ServiceError(
                .permissionDenied,
                "This engine isn't in conformance mode: set allow_reset on it too.")
        }
        try await call.engines.removeEverything()
        return EngineDoneAnswer()
    }
}
