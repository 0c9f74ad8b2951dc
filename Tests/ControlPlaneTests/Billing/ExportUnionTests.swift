import Billing
import ChromaModel
import Postgres
import TestSupport
import Testing
import Usage

@testable import ControlPlane

/// Who imports every export, and keeps each id once, has the truth.
struct ExportUnionTests {
    private static let start = UsageQueryTests.start
    private static let day: UInt64 = 86_400_000
    /// Of half a day each: over the end of a month and its seal, not so far that cells are gone.
    private static let steps = 54
    private static let windows: [UsageWindow] = [.hour, .day, .period]

    /// What a tool has that imports exports and keeps each line once, by id.
    private struct Import {
        private var lines: [String: UsageLine] = [:]

        mutating func take(_ line: UsageLine) {
            if let known = lines[line.id] {
                #expect(known.quantity == line.quantity, "a line changed after it was exported")
            }
            lines[line.id] = line
        }

        func sum(_ meter: Meter) -> Int128 {
            lines.values.filter { $0.meter == meter.rawValue }.map(\.quantity).reduce(0, +)
        }
    }

    private static func export(
        _ fixture: Fixture, _ window: UsageWindow, from: UInt64 = start - day,
        until: UInt64 = start + 80 * day
    ) async throws -> [UsageLine] {
        var lines: [UsageLine] = []
        let selection = UsageSelection(
            tenant: nil, window: window, grouping: .everything, fromMilliseconds: from,
            untilMilliseconds: until)
        try await fixture.controlPlane.eachUsageLine(selection, includesOpen: false) { lines += $0 }
        return lines
    }

    @Test("however late reports come, and whenever it is exported, no exported line changes")
    func union() async throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        let random = SeededRandom(seed: seed)
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            var imports = Dictionary(uniqueKeysWithValues: Self.windows.map { ($0, Import()) })
            var truth: [UInt32: UInt64] = [:]
            for step in 1...Self.steps {
                let now = Self.start + UInt64(step) * Self.day / 2
                let minute = UsageMinute(milliseconds: now).value
                // Of any time since the beginning.
                let minutes = Set(
                    (0..<5).map { _ in
                        let age = UInt32(truncatingIfNeeded: random.next()) % (minute - Self.first)
                        return minute - 1 - age
                    })
                let cells = minutes.map { at in
                    truth[at, default: 0] += random.next() % 100 + 1
                    return node.cell(truth[at] ?? 0, minute: at)
                }
                _ = try await fixture.controlPlane.take(node.report(cells, watermark: minute))
                fixture.time.setUnix(seconds: now / 1000)
                try await fixture.controlPlane.foldUsage(atMilliseconds: now)
                guard random.next() % 3 == 0 || step == Self.steps else { continue }
                for window in Self.windows {
                    for line in try await Self.export(fixture, window) {
                        imports[window]?.take(line)
                    }
                }
            }
            let sum = Int128(truth.values.reduce(0, +))
            // Everything up to now: only whole windows are exported.
            let last = try await Self.settled(fixture, &node)
            for window in Self.windows {
                for line in last[window] ?? [] { imports[window]?.take(line) }
                #expect(imports[window]?.sum(.writtenBytes) == sum, "\(window)")
            }
        }
    }

    /// The last exports, when all windows are over and booked.
    private static func settled(
        _ fixture: Fixture, _ node: inout UsageReporter
    ) async throws -> [UsageWindow: [UsageLine]] {
        let end = start + 70 * day
        _ = try await fixture.controlPlane.take(
            node.report([], watermark: UsageMinute(milliseconds: end).value))
        fixture.time.setUnix(seconds: end / 1000)
        try await fixture.controlPlane.foldUsage(atMilliseconds: end)
        var exports: [UsageWindow: [UsageLine]] = [:]
        for window in windows { exports[window] = try await export(fixture, window) }
        return exports
    }

    private static let first = UsageReportTests.minute

    @Test("a time that cuts a window gives all of it, so that its id stands for one quantity")
    func cut() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            let cells = [
                node.cell(1, minute: Self.first), node.cell(2, minute: Self.first + 120),
            ]
            _ = try await fixture.controlPlane.take(
                node.report(cells, watermark: Self.first + 60 * 48))
            fixture.time.setUnix(seconds: (Self.start + 2 * Self.day) / 1000)
            try await fixture.controlPlane.foldUsage(atMilliseconds: Self.start + 2 * Self.day)
            let whole = try await Self.export(fixture, .day)
            let hour: UInt64 = 3_600_000
            let cut = try await Self.export(
                fixture, .day, from: Self.start + hour, until: Self.start + hour + 1)
            #expect(whole.map(\.quantity) == [3])
            #expect(cut == whole)
        }
    }

    @Test("a day that is not over is not exported, though its hours are booked")
    func unfinished() async throws {
        try await Fixture.run { fixture in
            var node = UsageReporter("node")
            _ = try await fixture.controlPlane.take(
                node.report([node.cell(1, minute: Self.first)], watermark: Self.first + 120))
            let now = Self.start + 3 * 3_600_000
            fixture.time.setUnix(seconds: now / 1000)
            try await fixture.controlPlane.foldUsage(atMilliseconds: now)
            #expect(try await Self.export(fixture, .hour).map(\.quantity) == [1])
            #expect(try await Self.export(fixture, .day).isEmpty)
        }
    }
}
