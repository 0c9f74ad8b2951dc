import Platform

/// The admin API: every method, once, with the gate in front of it. The servers of both transports
/// are made from it.
package struct AdminServices: Sendable {
    let gate: AdminGate
    let endpoints: [any AdminEndpoint]
    let random: any RandomSource
}
