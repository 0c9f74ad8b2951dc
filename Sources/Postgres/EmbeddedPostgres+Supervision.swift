import Logging

extension EmbeddedPostgres {
    private static let pollMilliseconds = 100
    /// The first wait before a restart; each further one is twice as long, up to the longest.
    private static let restartDelayMin = Duration.milliseconds(100)
    private static let restartDelayMax = Duration.seconds(10)
    /// A server that ran so long before it ended gets the first wait again.
    private static let stableRun = Duration.seconds(60)

    /// Starts the server again whenever it ends without being told to, under the same address,
    /// so that pools go on with it. Returns when cancelled.
    package func supervise() async {
        var delay = Self.restartDelayMin
        while !Task.isCancelled {
            guard let run = await runToItsEnd() else { return }
            if run > Self.stableRun { delay = Self.restartDelayMin }
            logger.error(
                "the embedded PostgreSQL ended by itself and is started again",
                metadata: ["status": "\(process.exitStatus() ?? 0)", "after": "\(delay)"])
            try? await Task.sleep(for: delay)
            delay = min(delay * 2, Self.restartDelayMax)
            await tryRestart()
        }
    }

    /// How long the server ran on from now; nil when cancelled first.
    private func runToItsEnd() async -> Duration? {
        let clock = ContinuousClock()
        let start = clock.now
        while isRunning {
            guard (try? await Task.sleep(for: .milliseconds(Self.pollMilliseconds))) != nil else {
                return nil
            }
        }
        return clock.now - start
    }

    private func tryRestart() async {
        do {
            try await restart()
            logger.notice("the embedded PostgreSQL runs again")
        } catch is CancellationError {
            return
        } catch {
            logger.error(
                "the embedded PostgreSQL can't be started again", metadata: ["error": "\(error)"])
        }
    }
}
