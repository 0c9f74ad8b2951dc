import ChromaModel

/// Whether a process can do its work, role by role, and why not: what `/readyz` and gRPC's health
/// checks answer.
package struct Readiness: Sendable {
    private let probes: [ReadinessProbe]

    /// - Parameter probes: all of what must be in order; none for what works as long as its
    ///   process does.
    package init(_ probes: [ReadinessProbe]) { self.probes = probes }

    /// Of a server that can work as long as its process does.
    package static let always = Readiness([])

    /// The answer, up to a second old.
    package func isReady() async -> Bool { await findings().allSatisfy { $0.finding == nil } }

    /// A line for each thing that is in order, up to a second ago.
    ///
    /// - Throws: `unavailable`, which says of each that isn't why.
    package func report() async throws(ServiceError) -> String {
        let findings = await findings()
        let reasons = findings.compactMap { each in each.finding.map { "\(each.name): \($0)" } }
        guard reasons.isEmpty else {
            throw ServiceError(.unavailable, "Not ready: " + reasons.joined(separator: " "))
        }
        return (["ok"] + findings.map { "\($0.name): ok" }).joined(separator: "\n") + "\n"
    }

    /// Asks all at once; in the order of the probes.
    private func findings() async -> [(name: String, finding: ReadinessProbe.Finding)] {
        await withTaskGroup(of: (Int, ReadinessProbe.Finding).self) { tasks in
            for (number, probe) in probes.enumerated() {
                tasks.addTask { (number, await probe.finding()) }
            }
            var findings = probes.map { (name: $0.name, finding: ReadinessProbe.Finding.none) }
            for await (number, finding) in tasks { findings[number].finding = finding }
            return findings
        }
    }
}
