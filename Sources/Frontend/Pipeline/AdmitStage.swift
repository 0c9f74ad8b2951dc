import HTTPTypes

/// Holds the tenant to its rates, before its body is read.
struct AdmitStage: Stage {
    let admission: Admission
    var name: String { "admit" }

    /// Throws `resourceExhausted`.
    func run(_ context: inout RequestContext) async throws {
        let announced = context.head.headerFields.value(of: .contentLength).flatMap { Int($0) }
        context.ticket = try await admission.admit(
            context.route?.endpoint.action, in: context.scope, bodyBytes: max(announced ?? 0, 0))
    }
}
