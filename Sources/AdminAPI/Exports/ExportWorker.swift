import ChromaModel
import ControlPlane
import Logging
import ServiceLifecycle
import SwiftProtobuf
import Synchronization
import TesseraRPC

/// Makes exports that were asked for, of whichever control plane. As many processes may run it as
/// like to: a run is a lease, and one whose process died is begun anew by another.
package final class ExportWorker: Service {
    /// How many it makes at once.
    static let runsMax = 4
    private static let lookSeconds = 1
    private static let sweepSeconds = 60
    private static let keepingSeconds = ControlPlane.exportLeaseSeconds / 3

    private let controlPlane: ControlPlane
    private let logger: Logger
    /// Runs that go on here.
    private let runs = Atomic(0)

    package init(controlPlane: ControlPlane, logger: Logger) {
        self.controlPlane = controlPlane
        self.logger = logger
    }

    /// Runs until shut down. What fails is tried again.
    package func run() async throws {
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await self.sweep() }
                while !Task.isCancelled {
                    await self.begin(&group)
                    try? await Task.sleep(for: .seconds(Self.lookSeconds))
                }
            }
        }
    }

    /// Begins what nobody makes, as far as there is room.
    private func begin(_ group: inout DiscardingTaskGroup) async {
        do {
            while runs.load(ordering: .relaxed) < Self.runsMax,
                let export = try await controlPlane.claimExport()
            {
                runs.add(1, ordering: .relaxed)
                group.addTask {
                    await self.make(export)
                    self.runs.subtract(1, ordering: .relaxed)
                }
            }
        } catch {
            warn("exports could not be looked for", error)
        }
    }

    private func sweep() async {
        while !Task.isCancelled {
            do {
                try await controlPlane.sweepExports()
            } catch {
                warn("expired exports could not be removed", error)
            }
            try? await Task.sleep(for: .seconds(Self.sweepSeconds))
        }
    }

    private func warn(_ failure: Logger.Message, _ error: any Error) {
        guard !Task.isCancelled else { return }
        logger.warning(failure, metadata: ["error": "\(error)"])
    }

    /// Makes an export, to whatever end it comes.
    func make(_ export: UsageExport) async {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.write(export) }
                group.addTask { try await self.keep(export) }
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is ExportLost {
            return
        } catch {
            let problem = Task.isCancelled ? nil : Self.problem(error)
            // The task may be cancelled, and what it was at has to be said all the same.
            await Task { await settle(export, problem) }.value
        }
    }

    private func write(_ export: UsageExport) async throws {
        let request = try AdminExportUsageRequest(serializedBytes: export.request)
        let stream = try await controlPlane.exportStream(
            request, of: export.tenant, atMilliseconds: export.createdAtMilliseconds)
        try await ExportRun(controlPlane: controlPlane, export: export).write(stream)
    }

    private func keep(_ export: UsageExport) async throws {
        while true {
            try await Task.sleep(for: .seconds(Self.keepingSeconds))
            try await controlPlane.keepExport(export)
        }
    }

    /// What can't be written down either is begun anew when the lease has run out.
    ///
    /// - Parameter problem: nil: another run may do better.
    private func settle(_ export: UsageExport, _ problem: String?) async {
        do {
            if let problem {
                try await controlPlane.failExport(export, problem)
            } else {
                try await controlPlane.releaseExport(export)
            }
        } catch {
            logger.warning(
                "an export's end could not be noted; it is begun anew",
                metadata: ["export": "\(export.id)", "error": "\(error)"])
        }
    }

    /// What to tell of an error; nil for one that another run may not meet.
    private static func problem(_ error: any Error) -> String? {
        guard !(error is CancellationError) else { return nil }
        guard let error = error as? ServiceError else {
            return "The export could not be made; try again."
        }
        return error.code == .unavailable ? nil : error.message
    }
}
