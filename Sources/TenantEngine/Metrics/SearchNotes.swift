import Platform
import Synchronization
import Telemetry

/// How a search went about it: what it did of each part, how long, and over how many rows. For
/// its spans and for the slow-query log; never what it was about.
final class SearchNotes: Sendable {
    struct Step: Sendable {
        let name: String
        let startUnixNanoseconds: UInt64
        let endUnixNanoseconds: UInt64
        /// Put into words when somebody reads them: hardly ever.
        fileprivate let describe: @Sendable () -> [Attribute]

        var attributes: [Attribute] { describe() }
    }

    /// Steps that are kept of one search; a request may ask much of many segments.
    private static let stepsMax = 64

    /// Of the search that this thread is at.
    @TaskLocal static var current: SearchNotes?

    private let noted = Mutex<[Step]>([])
    private let omitted = Counter()

    var steps: [Step] { noted.withLock { $0 } }
    var omittedCount: Int { omitted.value }

    /// Notes a step that began then and ends now.
    func note(
        _ name: String, since start: UInt64,
        _ attributes: @autoclosure @escaping @Sendable () -> [Attribute]
    ) {
        let now = Self.now
        noted.withLock { steps in
            guard steps.count < Self.stepsMax else { return omitted.add() }
            steps.append(
                Step(
                    name: name, startUnixNanoseconds: start, endUnixNanoseconds: now,
                    describe: attributes))
        }
    }

    /// Runs `body` as a step of the search that this thread is at.
    static func step<Result>(_ name: String, _ body: () throws -> Result) rethrows -> Result {
        guard let current else { return try body() }
        let start = now
        defer { current.note(name, since: start, []) }
        return try body()
    }

    /// Of the wall clock, as spans are.
    static var now: UInt64 { SystemTimeSource().unixNanoseconds() }
}
