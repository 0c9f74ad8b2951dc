import Logging
import Synchronization

/// Says once when PostgreSQL goes and once when it is back, however often it is tried meanwhile.
final class Outage: Sendable {
    private let isOn = Mutex(false)
    private let logger: Logger

    init(logger: Logger) { self.logger = logger }

    func begins(_ error: any Error) {
        guard !isOn.withLock({ exchange(&$0, true) }) else { return }
        logger.warning("cannot follow the epoch log", metadata: ["error": "\(error)"])
    }

    func ends() {
        guard isOn.withLock({ exchange(&$0, false) }) else { return }
        logger.notice("the epoch log is followed again")
    }

    private func exchange(_ flag: inout Bool, _ new: Bool) -> Bool {
        defer { flag = new }
        return flag
    }
}
