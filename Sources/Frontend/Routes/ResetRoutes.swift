import Access
import ChromaModel
import ChromaWire
import HTTPTypes

/// Wipes everything, for conformance tests; forbidden unless configured (protocol §1.2).
struct ResetRoutes: Sendable {
    let directory: any TenantDirectory
    let isAllowed: Bool

    var routes: [Route] {
        [
            Route(
                .post, PathStem.api + "/reset",
                isAllowed ? .installation(.reset, reset) : .identified(refuse),
                RouteDescription(
                    "reset", "Empties a server under test; refused by any other.",
                    answers: .boolean))
        ]
    }

    private func reset(_ call: Call, _ principal: Principal) -> Operation {
        { [directory] in
            try await directory.resetToBootstrap()
            return Reply { SystemResponse.write(bool: true, into: &$0) }
        }
    }

    private func refuse(_ call: Call, _ principal: Principal) throws -> Operation {
        throw ServiceError(.permissionDenied, "Reset is disabled by config")
    }
}
