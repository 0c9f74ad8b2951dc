import Access
import Directory
import Logging
import ServiceLifecycle
import SwiftProtobuf
import TesseraRPC

/// Tells the control plane now and then when tokens were used here.
package struct UseReporter: Service {
    private static let intervalSeconds = 30
    /// Uses in one call.
    private static let batchSize = 1000

    private let uses: LastUses
    private let link: ControlLink
    private let logger: Logger

    package init(of uses: LastUses, over link: ControlLink, logger: Logger) {
        self.uses = uses
        self.link = link
        self.logger = logger
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(Self.intervalSeconds))
                guard !Task.isCancelled else { return }
                await report()
            }
        }
        await report()
    }

    /// What can't be told is kept for the next time.
    private func report() async {
        let noted = uses.take()
        for start in stride(from: 0, to: noted.count, by: Self.batchSize) {
            let batch = noted[start..<min(start + Self.batchSize, noted.count)]
            do {
                try await send(batch)
            } catch {
                for use in batch { uses.note(use.keyID, atMilliseconds: use.milliseconds) }
                logger.info(
                    "when tokens were last used is not reported yet",
                    metadata: ["error": "\(error)"])
            }
        }
    }

    private func send(_ batch: ArraySlice<(keyID: TokenKeyID, milliseconds: UInt64)>)
        async throws
    {
        let message = EdgeNoteTokenUsesRequest.with {
            $0.uses = batch.map { use in
                .with {
                    $0.keyID = use.keyID.value
                    $0.atMilliseconds = use.milliseconds
                }
            }
        }
        _ = try await link.call { try await $0.noteTokenUses(message) }
    }
}
