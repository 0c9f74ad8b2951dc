import ChromaModel
import Logging
import Platform

/// Folds reported usage into hours and periods. As many processes may run it as like to.
struct UsageFolder: Sendable {
    private static let intervalSeconds: UInt64 = 30

    let controlPlane: ControlPlane
    let time: any TimeSource
    let logger: Logger

    /// Runs until cancelled. What fails is tried again.
    func run() async {
        while !Task.isCancelled {
            do {
                try await controlPlane.foldUsage(atMilliseconds: time.unixMilliseconds())
            } catch {
                guard !Task.isCancelled else { return }
                logger.warning("usage could not be folded yet", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: .seconds(Self.intervalSeconds))
        }
    }
}
